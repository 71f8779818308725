public import Postgres

/// Any SQL in one open transaction, on a connection of its own that is closed afterwards. Of no use outside its body.
///
/// For what no catalogue can hold, such as statements made of the database's own catalogue. Nothing is put in front of the binds.
public final class SQLSession: @unchecked Sendable {
    // Touched on the reactor's thread alone, as the exchange is.
    private let exchange: Exchange
    private let own: OwnConnection
    fileprivate var isOpen = true

    fileprivate init(exchange: Exchange, own: OwnConnection) {
        self.exchange = exchange
        self.own = own
    }

    /// Puts the newest context, and limits of what is left of the deadline, in front of what follows. First of all, and from time to time in a long
    /// transaction: a context lives for at most 60 s.
    public func renew() async throws {
        guard exchange.isOnLoop else {
            return try await withTaskExecutorPreference(exchange.meter) { try await self.renew() }
        }
        try check()
        _ = try await own.run(Segment([exchange.openPreamble()]))
    }

    /// One statement. Throws ``PostgresError`` as it is.
    public func rows(_ sql: String, _ binds: [Bind] = []) async throws -> Rows {
        guard exchange.isOnLoop else {
            return try await withTaskExecutorPreference(exchange.meter) { try await self.rows(sql, binds) }
        }
        try check()
        let rows = try await own.query(sql, binds)
        exchange.count([rows])
        return rows
    }

    private func check() throws {
        guard isOpen else { throw AppError(.internalError, detail: "the transaction is used outside its body") }
        try exchange.checkCommit()
    }
}

extension Exchange {
    /// One transaction around a body; commits when the body returns, takes it back when it throws.
    func session<R: Sendable>(snapshot: Bool, _ body: @Sendable (SQLSession) async throws -> R) async throws -> R {
        guard isOnLoop else {
            return try await withTaskExecutorPreference(meter) { try await self.session(snapshot: snapshot, body) }
        }
        guard keyed == nil else { throw AppError(.badRequest, "Send this without Idempotency-Key: its transaction is one of its own") }
        guard player == nil, recorder == nil else {
            throw AppError(.internalError, detail: "SQL of no catalogue runs in no recorded invocation; the manifest says `record: off`")
        }
        return try await withOwnConnection(until: deadline) { own in
            try await own.transaction(snapshot: snapshot) {
                let session = SQLSession(exchange: self, own: own)
                defer { session.isOpen = false }
                let result = try await body(session)
                try checkCommit()
                return result
            }
        }
    }
}

extension OperatorInvocation {
    /// Any SQL in one transaction, on a connection of its own. A `snapshot` sees all rows as they are at its first statement.
    ///
    /// Commits when the body returns, takes all of it back when it throws, after the deadline or a cancellation in any case. The body must not wait for
    /// a client or another host. Throws ``AppError``, and `CancellationError` where nobody waits any more.
    public func session<R: Sendable>(
        snapshot: Bool = false, _ body: @Sendable (SQLSession) async throws -> R
    ) async throws -> R {
        try await exchange.session(snapshot: snapshot, body)
    }
}
