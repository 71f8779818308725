import Articles
public import Kernel

/// One run of a source, as its connector sees it.
public struct Pull: Sendable {
    public var config: ConnectorSettings
    public var credentials: ConnectorSettings
    /// Where the run before came to; nil at first.
    public var cursor: JSONValue?
    public var now: Timestamp
    /// Where providers are, by their names, in place of their own addresses.
    public var providers: [String: String]

    public init(
        config: ConnectorSettings, credentials: ConnectorSettings = ConnectorSettings(), cursor: JSONValue? = nil, now: Timestamp,
        providers: [String: String] = [:]
    ) {
        self.config = config
        self.credentials = credentials
        self.cursor = cursor
        self.now = now
        self.providers = providers
    }

    /// Where a provider's API begins, without a slash at its end.
    func base(_ name: String, _ usual: String) -> String { providers[name] ?? usual }
}

/// A question to a server of the web.
public struct PullRequest: Sendable, Hashable {
    public var url: String
    public var headers: [Header] = []
    /// What is asked without credentials: whoever asks the same may be given the same answer. Nil: the answer is the source's alone.
    public var question: String?
    /// The most bytes of an answer.
    public var limit = 4 << 20
    /// What the answer will be about; for the connector.
    public var note: JSONValue = .null
    /// Which page it is, from 1.
    public var page = 1

    public struct Header: Sendable, Hashable {
        public let name: String
        public let value: String
    }

    public init(_ url: String, question: String? = nil, note: JSONValue = .null) {
        self.url = url
        self.question = question
        self.note = note
    }
}

/// What was answered, with a status of 2xx.
public struct PulledAnswer: Sendable {
    public var body: [UInt8]
    /// In small letters, without parameters; empty where it is not said.
    public var contentType: String
    /// When it was fetched.
    public var fetchedAt: Timestamp

    public init(body: [UInt8], contentType: String = "", fetchedAt: Timestamp) {
        self.body = body
        self.contentType = contentType
        self.fetchedAt = fetchedAt
    }

    /// The JSON that it is. Throws a fault in words for people.
    func json() throws(PullFault) -> JSONValue {
        if body.isEmpty { throw PullFault(.emptyAnswer, "The answer is empty; JSON was expected.") }
        do throws(AppError) {
            return try JSONReader(maximumBytes: 64 << 20, allowsNUL: true).read(body)
        } catch {
            let start = String(decoding: body.prefix(200), as: UTF8.self).lowercased()
            if start.contains("<html") || start.contains("<!doctype") {
                throw PullFault(.wrongFormat, "The answer is a web page and no data. The address may need a sign-in, or leads to the wrong place.")
            }
            throw PullFault(.wrongFormat, "The answer is no valid JSON: \(error.message)")
        }
    }
}

/// What one answer brings.
public struct PullPage: Sendable {
    public var records: LandedRecords
    /// How many records it had, the refused ones included.
    public var read: Int
    public var refusals: [Refusal] = []
    /// All that were refused; those above are the first ones.
    public var refused = 0
    /// What is asked next; nil: nothing.
    public var next: PullRequest?
    /// Where the next run goes on, once all of this one has succeeded; nil: no change.
    public var cursor: JSONValue?
    /// Something about all of it that its owner should know.
    public var warning: String?

    public init(_ records: LandedRecords, read: Int) {
        self.records = records
        self.read = read
    }

    /// A record that was left out.
    public struct Refusal: Sendable, Codable, Hashable {
        /// Which of the answer's records, from 1.
        public var record: Int
        public var reason: String

        /// Record 0 stands for all of them.
        public init(record: Int, reason: String) {
            self.record = record
            self.reason = CleanedText.line(reason, limit: 300)
        }
    }

    /// The most refusals of one run that are told.
    public static let mostRefusals = 20

    mutating func refuse(_ record: Int, _ reason: String) {
        refused += 1
        if refusals.count < Self.mostRefusals { refusals.append(Refusal(record: record, reason: reason)) }
    }
}
