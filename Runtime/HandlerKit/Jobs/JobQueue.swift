public import Kernel
public import Postgres

/// Makes jobs of this handler for the tenant.
///
/// ```swift
/// try await invocation.database.transaction([
///     Call(OrdersSQL.insert, binds),
///     try invocation.jobs.call("send_receipt", Receipt(order: order)),
/// ])
/// ```
///
/// A job is there when its transaction commits, and not otherwise.
public struct JobQueue: Sendable {
    let exchange: Exchange

    /// How a job is queued.
    public struct Options: Sendable {
        /// How long it waits at least, up to 366 days.
        public var delay: Duration
        /// 1…9; 1 goes first among the tenant's.
        public var priority: Int
        /// How often it is begun at most.
        public var maxAttempts: Int
        /// At most one job of the kind with the same key, of up to 255 characters, that has not ended: another one is not made.
        public var uniqueKey: String?

        /// At once, in the middle of the priorities, begun up to five times, as often as it is asked for. A priority beyond 1…9 is the nearest one.
        public init(delay: Duration = .zero, priority: Int = 5, maxAttempts: Int = 5, uniqueKey: String? = nil) {
            self.delay = delay
            self.priority = min(max(priority, 1), 9)
            self.maxAttempts = max(1, maxAttempts)
            self.uniqueKey = uniqueKey
        }
    }

    /// What became of it.
    public struct Ticket: Sendable, Hashable {
        /// Of the new job, or of the one that had the key.
        public let id: UUID
        /// Whether a job was made.
        public let isNew: Bool
    }

    /// The call that makes a job, to be put into a transaction. `arguments` is at most 256 KB as JSON.
    public func call(_ kind: StaticString, _ arguments: some Encodable, _ options: Options = Options()) throws -> Call {
        call(kind, json: try JSON.encode(arguments), options)
    }

    /// The same for a job that is told nothing.
    public func call(_ kind: StaticString, _ options: Options = Options()) -> Call { call(kind, json: nil, options) }

    /// The call that ends the job of a kind with that key, if there is one: what does not run yet is cancelled. What runs is asked to stop, within
    /// seconds, or left alone where `alsoRunning` is false.
    public func cancelling(_ kind: StaticString, uniqueKey: String, alsoRunning: Bool = true) -> Call {
        Call(JobsSQL.cancel, [.text(kind.description), .text(uniqueKey), .bool(alsoRunning)])
    }

    /// Makes a job in a transaction of its own.
    @discardableResult
    public func enqueue(_ kind: StaticString, _ arguments: some Encodable, _ options: Options = Options()) async throws -> Ticket {
        try await run(try call(kind, arguments, options))
    }

    /// The same for a job that is told nothing.
    @discardableResult
    public func enqueue(_ kind: StaticString, _ options: Options = Options()) async throws -> Ticket { try await run(call(kind, options)) }

    /// Jobs may wait that the invocation has made, or let go on, by statements of its own: the host looks at once when it is answered.
    public func announce() { exchange.hasEnqueued = true }

    private func call(_ kind: StaticString, json: [UInt8]?, _ options: Options) -> Call {
        exchange.hasEnqueued = true
        return Call(
            JobsSQL.enqueue,
            [
                .uuid(exchange.makeID()), .text(kind.description), .optional(json, Bind.json), .float8(Double(options.delay.milliseconds) / 1000),
                .int32(Int32(options.priority)), .int32(Int32(clamping: options.maxAttempts)), .optional(options.uniqueKey, Bind.text),
            ])
    }

    private func run(_ call: Call) async throws -> Ticket {
        let row = try await TenantDatabase(exchange: exchange).transaction([call])[0][0]
        return Ticket(id: try row.uuid(0), isNew: try row.bool(1))
    }
}

extension Invocation {
    /// Makes jobs of this handler for the tenant.
    public var jobs: JobQueue { JobQueue(exchange: exchange) }
}
