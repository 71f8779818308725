import CPostgres
public import Kernel
import Synchronization

/// A connection that one caller has to itself: any SQL, transactions over several round trips, streamed rows. One thing at a time, in order.
public final class OwnConnection: Sendable {
    @TaskLocal static var current: OwnConnection?

    private let connection: Connection
    private let core: ClientCore
    private let inTransaction = Atomic(false)
    /// When everything on it must be over.
    public let deadline: Deadline

    init(_ connection: Connection, core: ClientCore, deadline: Deadline) {
        self.connection = connection
        self.core = core
        self.deadline = deadline
    }

    /// Inside an open transaction no other connection may be awaited: what one holds, the other could wait for, and Postgres would not see it.
    static func refuseInsideTransaction() throws(PostgresError) {
        if let current, current.inTransaction.load(ordering: .relaxed) { throw PostgresError(.nestedTransaction) }
    }

    /// Runs one statement of any kind in a transaction of its own, or in the open one.
    public func query(_ sql: String, _ binds: [Bind] = []) async throws -> Rows {
        let rows = try await perform(.text(sql, binds))
        guard let first = rows.first else { throw PostgresError(.decoding, detail: "the statement returned no result") }
        return first
    }

    /// Runs several statements, separated by semicolons and without binds, as one transaction or in the open one. For migrations.
    public func execute(_ script: String) async throws {
        _ = try await perform(.script(script))
    }

    /// Runs a segment of catalogue statements, in a transaction of its own or in the open one.
    public func run(_ segment: Segment) async throws -> [Rows] {
        try await perform(.segment(segment))
    }

    /// Opens a transaction; as a `snapshot` all of it sees the rows as they are at its first statement (`repeatable read`).
    public func begin(snapshot: Bool = false) async throws {
        inTransaction.store(true, ordering: .relaxed)
        _ = try await query(snapshot ? "BEGIN ISOLATION LEVEL REPEATABLE READ" : "BEGIN")
    }

    /// Commits the open transaction. Throws `server` with 25P02 where a statement in it had failed; then nothing is committed.
    public func commit() async throws {
        defer { inTransaction.store(false, ordering: .relaxed) }
        guard try await query("COMMIT").command == "COMMIT" else { throw PostgresError(.server, sqlState: "25P02", detail: "rolled back at commit") }
    }

    /// Takes back the open transaction.
    public func rollback() async throws {
        defer { inTransaction.store(false, ordering: .relaxed) }
        _ = try await query("ROLLBACK")
    }

    /// Opens a transaction, runs the body, commits; rolls back where the body throws. While it is open no other connection of the client can be used.
    public func transaction<R>(snapshot: Bool = false, _ body: () async throws -> R) async throws -> R {
        try await begin(snapshot: snapshot)
        let result: R
        do {
            result = try await body()
        } catch {
            // Its own failure matters less: the connection is closed soon, which rolls back as well.
            try? await rollback()
            throw error
        }
        try await commit()
        return result
    }

    /// Runs one statement and hands out its rows while they arrive, with bounded memory: a slow reader slows the server.
    ///
    /// It begins when the first row is asked for. Leaving the loop early cancels the statement. `arrived` is told of each row on the reactor's thread.
    public func stream(_ sql: String, _ binds: [Bind] = [], arrived: @escaping @Sendable (Rows) -> Void = { _ in }) -> RowStream {
        RowStream(.statement(sql: sql, binds: binds, deadline: deadline, connection: connection, core: core, arrived: arrived))
    }

    private func perform(_ work: Request.Work) async throws -> [Rows] {
        let request = Request(work, deadline: deadline)
        try await core.perform(request) { [core, connection] in core.submit(request, to: connection) }
        return request.rows
    }
}

extension Rows {
    /// The command's name as the server reports it, for example `COMMIT` or `INSERT 0 3`.
    var command: String {
        result.with { PQcmdStatus($0).map { String(cString: $0) } ?? "" }
    }
}
