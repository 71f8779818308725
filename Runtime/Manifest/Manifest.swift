public import Jobs

/// What the runtime must know of a handler before it runs any of its code: the content of `handler.yaml`.
public struct Manifest: Sendable, Hashable {
    /// Names the handler and its role in the database: `[a-z][a-z0-9_]{0,31}`.
    public var name: String
    /// The program: a file name beside the runtime's own program, or a path that starts in the handler's folder (`./bin/x`) or at the root.
    public var program: String
    /// The most invocations at once in one process, 1…4096. Defaults to 64.
    public var concurrency = 64
    /// How many processes there are. Defaults to 0…1.
    public var instances = 0...1
    /// The longest that an invocation may take. Defaults to 30 seconds.
    public var timeout: Duration = .seconds(30)
    /// What a process may hold in memory, in bytes: from three quarters of it on it is replaced, above it it is killed. Defaults to 256 MB.
    public var memory = 256 << 20
    /// Processor time that a process may use while none of its invocations ends: from three quarters of it on it is replaced, above it it is killed.
    /// Defaults to 60 seconds.
    public var cpu: Duration = .seconds(60)
    /// How long a process above the minimum stays without work. Defaults to 5 minutes.
    public var idle: Duration = .seconds(300)
    /// Whose invocations may share a process. Defaults to everybody's.
    public var isolation = Isolation.shared
    /// What its role may touch in the database.
    public var grants: [Grant] = []
    /// Hosts that it may call, for example `api.open-meteo.com`.
    public var egress: [String] = []
    /// Names of the secrets that it is handed.
    public var secrets: [String] = []
    /// Routes of other handlers that it may call, for example `POST /files/upload`.
    public var calls: [String] = []
    /// Commands that the command line may run in its program.
    public var commands: [String] = []
    /// Whether its processes stand back where processors are short. Defaults to not.
    public var priority = Priority.normal
    /// What is recorded of its invocations, so that they can be replayed. Defaults to those that fail.
    public var record = Record.failures
    /// Whether its invocations are given the tenant's data key, and so may seal and open. Defaults to no.
    public var encryption = Encryption.none
    /// Whether its invocations may keep objects: files outside of the database, of their tenant and this handler. Defaults to no.
    public var objects = false
    /// Routes with the access `system` that the host calls when a tenant is erased, and each day for what a plan keeps no longer.
    public var hooks = Hooks()
    /// When it makes jobs by itself.
    public var timers: [Timer] = []
    /// The most Postgres connections of one process, 1…64. Defaults to 4.
    public var connections = 4
    /// The folder that it was read from; empty where it was not read from one.
    public var folder = ""

    /// A manifest with the defaults.
    public init(name: String, program: String) {
        self.name = name
        self.program = program
    }

    /// Whose invocations may share a process.
    public enum Isolation: String, Sendable, Hashable, CaseIterable {
        /// Everybody's.
        case shared
        /// One tenant's: a process serves the first tenant that it was given, and no other.
        case tenant
        /// Nobody else's: a process for each invocation.
        case invocation
    }

    /// A handler's claim on processors that several want at once.
    public enum Priority: String, Sendable, Hashable, CaseIterable {
        /// As everybody's.
        case normal
        /// Others come first: for work that is long and that nobody waits for, or that is slow on purpose.
        case low
    }

    /// Whose data keys a handler is given.
    public enum Encryption: String, Sendable, Hashable, CaseIterable {
        /// Nobody's.
        case none
        /// That of the tenant that an invocation is for.
        case tenant
        /// The same, and any tenant's that it asks for before one has signed in. For the product's own handlers.
        case any
    }

    /// Paths of `POST` routes that the host calls by itself, for a tenant.
    public struct Hooks: Sendable, Hashable {
        /// Removes what the handler keeps of the tenant outside of its tables, and may remove rows in advance. Called until it answers with 2xx, also once
        /// more where that was not heard.
        public var erase: String?
        /// Removes what is older than `before`, a time in the body. Called once a day where the tenant's plan keeps data for a limited time.
        public var retain: String?

        public init(erase: String? = nil, retain: String? = nil) {
            self.erase = erase
            self.retain = retain
        }

        /// Those that are there.
        public var paths: [String] { [erase, retain].compactMap { $0 } }
    }

    /// A timer, by its name among the handler's.
    public struct Timer: Sendable, Hashable {
        /// `[a-z][a-z0-9_]{0,62}`.
        public var name: String
        public var scope: TimerDefinition.Scope
        public var definition: TimerDefinition

        public init(name: String, scope: TimerDefinition.Scope, definition: TimerDefinition) {
            self.name = name
            self.scope = scope
            self.definition = definition
        }
    }

    /// Which invocations are recorded.
    public enum Record: String, Sendable, Hashable, CaseIterable {
        /// Those that fail by fault of their own, with 500 or above.
        case failures
        /// Every one; for looking into a fault, not for long.
        case all
        /// None.
        case off
    }

    /// Verbs on one object of the database.
    public struct Grant: Sendable, Hashable {
        /// `schema.name` of a table, or of a function where the verb is `execute`.
        public var object: String
        public var verbs: [Verb]

        public init(object: String, verbs: [Verb]) {
            self.object = object
            self.verbs = verbs
        }
    }

    /// What may be done with an object.
    public enum Verb: String, Sendable, Hashable, CaseIterable {
        case select, insert, update, delete, execute
    }

    /// The file's name in a handler's folder.
    public static let fileName = "handler.yaml"

    /// Whether a text may name a handler: `[a-z][a-z0-9_]{0,31}`.
    public static func isName(_ text: String) -> Bool { Name.isHandler(text) }

    /// The file of the program, where `beside` is the folder of the runtime's own program.
    public func programPath(beside: String) -> String {
        if program.hasPrefix("/") { return program }
        if program.hasPrefix("./") { return "\(folder)/\(program.dropFirst(2))" }
        return "\(beside)/\(program)"
    }
}
