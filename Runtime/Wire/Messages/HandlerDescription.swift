/// What a handler serves, as its process says it in JSON: the one source of the route table and of the API's document.
public struct HandlerDescription: Sendable, Hashable, Codable {
    public var routes: [Route]
    /// Channels that clients can listen to.
    public var feeds: [Feed]
    /// Kinds of jobs that it runs; each has a route that the host calls. Nil: none.
    public var jobs: [Job]?

    public init(routes: [Route], feeds: [Feed], jobs: [Job]? = nil) {
        self.routes = routes
        self.feeds = feeds
        self.jobs = jobs
    }

    /// A kind of job.
    public struct Job: Sendable, Hashable, Codable {
        /// `[a-z][a-z0-9_]{0,62}`.
        public var kind: String
        /// How often it is begun at most, and the waits between, in seconds: the first, which doubles, and the longest.
        public var maxAttempts: Int
        public var firstWait: Double
        public var longestWait: Double

        enum CodingKeys: String, CodingKey {
            case kind
            case maxAttempts = "max_attempts"
            case firstWait = "first_wait"
            case longestWait = "longest_wait"
        }

        public init(kind: String, maxAttempts: Int, firstWait: Double, longestWait: Double) {
            self.kind = kind
            self.maxAttempts = maxAttempts
            self.firstWait = firstWait
            self.longestWait = longestWait
        }

        /// Where the host calls jobs of a kind, with `POST`.
        public static func path(of kind: String) -> String { "/internal/jobs/\(kind)" }
        /// The header line of such a call that says which attempt of the job it is, from 1. Its invocation is the job.
        public static let attemptHeader = "tenantry-job-attempt"
        /// The answer's status of a job that ended in a transaction of its own.
        public static let ended = 204
        /// The same of one that has nothing left to commit: the gateway ends it.
        public static let hasRun = 202
    }

    /// One endpoint.
    public struct Route: Sendable, Hashable, Codable {
        /// Upper case, for example `GET`.
        public var method: String
        /// Without the prefix `/api/v1`, with `{name}` parameters, for example `/businesses/{business_id}`.
        public var path: String
        /// A line for the document.
        public var summary: String
        public var access: Access
        /// Whether it changes anything; where not, its transactions are read-only.
        public var writes: Bool
        public var body: Body
        /// The largest body, in bytes.
        public var bodyLimit: Int
        /// The answer's status on success.
        public var status: Int
        /// JSON Schema of the input's and the output's fields, as text; empty where there are none.
        public var inputSchema: String
        public var outputSchema: String
        /// What it uses of the tenant's plan, as `QuotaMetric` names it: the gateway refuses its calls where one of these is used up. Nil: nothing.
        public var quota: [String]?
        /// Whether what came of a body is served where its client was cut off. Nil: no.
        public var evenInPart: Bool?

        enum CodingKeys: String, CodingKey {
            case method, path, summary, access, writes, body, status, quota
            case bodyLimit = "body_limit"
            case inputSchema = "input_schema"
            case outputSchema = "output_schema"
            case evenInPart = "even_in_part"
        }

        public init(
            method: String, path: String, summary: String, access: Access, writes: Bool, body: Body, bodyLimit: Int, status: Int, inputSchema: String,
            outputSchema: String, quota: [String]? = nil, evenInPart: Bool? = nil
        ) {
            self.method = method
            self.path = path
            self.summary = summary
            self.access = access
            self.writes = writes
            self.body = body
            self.bodyLimit = bodyLimit
            self.status = status
            self.inputSchema = inputSchema
            self.outputSchema = outputSchema
            self.quota = quota
            self.evenInPart = evenInPart
        }
    }

    /// Who may call a route.
    public struct Access: Sendable, Hashable, Codable {
        public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
            case bearer
            case apiKey = "api_key"
            case signedLink = "signed_link"
            case webhook
            case anonymous
            /// The host's own calls, and nobody else's.
            case system
            /// Operators of the installation, for the tenant that the path's `{tenant_id}` names, else for none.
            case `operator`
            /// The same for a tenant that is not there yet, with an identifier that nobody has.
            case operatorNew = "operator_new"
        }
        public var kind: Kind
        /// The scope that the caller must hold, or the resolver's name of a webhook; empty where none is needed.
        public var scope: String

        public init(kind: Kind, scope: String) {
            self.kind = kind
            self.scope = scope
        }
    }

    /// What a route reads of the request's body.
    public enum Body: String, Sendable, Hashable, Codable, CaseIterable {
        case none, json, bytes
    }

    /// A channel.
    public struct Feed: Sendable, Hashable, Codable {
        public var channel: String
        /// The scope that a listener must hold.
        public var scope: String

        public init(channel: String, scope: String) {
            self.channel = channel
            self.scope = scope
        }
    }
}
