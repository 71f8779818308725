import Kernel
import Postgres
import Tenants
import TestSupport
import Testing

extension Integration {
    /// Answers under idempotency keys, at the database's own functions.
    @Suite(.testDatabase) struct AnswerTests {
        private static var limit: Deadline { .after(.seconds(240)) }
        private static let ada = UserID(UUID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_00AA))
        private static let bob = UserID(UUID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_00BB))
        private let claim = "select claimed, fits, kept_status, kept_body from runtime.claim_key('POST /x', 'k', decode(repeat($1, 32), 'hex'))"

        /// Runs a body in an open transaction of a handler, and commits.
        private func inside<R: Sendable>(
            _ handler: String, _ tenant: TenantID, _ user: UserID = ada, _ body: @Sendable (OwnConnection) async throws -> R
        ) async throws -> R {
            let database = try TestDatabase.current
            let context = try database.context(tenant: tenant, user: user, handler: handler)
            return try await database.client(role: handler).withConnection(deadline: Self.limit) { connection in
                try await connection.transaction {
                    _ = try await connection.query("select tenancy.use($1)", [.text(context)])
                    return try await body(connection)
                }
            }
        }

        /// Claims the key and stores an answer; what was there, where it is not new.
        @discardableResult
        private func write(
            _ answer: String, _ handler: String, _ tenant: TenantID, _ user: UserID = ada, print: String = "00"
        ) async throws -> String {
            try await inside(handler, tenant, user) { connection in
                let row = try await connection.query(claim, [.text(print)])[0]
                guard try row.bool(0) else { return try row.bool(1) ? String(decoding: try row.bytes(3), as: UTF8.self) : "other" }
                let kept = try await connection.query("select runtime.keep_answer('POST /x', 'k', 201, '[]', $1)", [.bytes(Array(answer.utf8))])
                #expect(try kept[0].bool(0))
                return "new"
            }
        }

        @Test("a key belongs to a tenant, a handler and a user: the others' answers under the same key are not seen")
        func apart() async throws {
            let database = try TestDatabase.current
            let (one, two) = (try await database.tenant(1), try await database.tenant(2))
            #expect(try await write("first", "dashboards", one) == "new")
            #expect(try await write("x", "dashboards", one) == "first")
            #expect(try await write("x", "dashboards", one, print: "11") == "other")
            #expect(try await write("second", "dashboards", two) == "new")
            #expect(try await write("third", "uploads", one) == "new")
            #expect(try await write("fourth", "dashboards", one, Self.bob) == "new")
            #expect(try await write("x", "dashboards", one) == "first")
            #expect(try await write("x", "uploads", one) == "third")
        }

        @Test("an answer that is stored does not change, and one that nobody claimed cannot be stored")
        func final() async throws {
            let tenant = try await TestDatabase.current.tenant(1)
            let keep = "select runtime.keep_answer('POST /x', 'k', 200, '[]', 'forged')"
            #expect(try await inside("probe", tenant) { try await $0.query(keep)[0].bool(0) } == false)
            try await write("first", "probe", tenant)
            #expect(try await inside("probe", tenant) { try await $0.query(keep)[0].bool(0) } == false)
            #expect(try await write("x", "probe", tenant) == "first")
        }

        @Test("the policies hold the functions too: without either of them a function that forgets a condition would show others' answers")
        func policies() async throws {
            let database = try TestDatabase.current
            let (one, two) = (try await database.tenant(1), try await database.tenant(2))
            for handler in ["dashboards", "uploads"] { for tenant in [one, two] { try await write("\(handler)", handler, tenant) } }
            try await database.execute(
                database.prefix.fill(
                    """
                    create function runtime.careless() returns bigint language sql security definer set search_path = pg_catalog, pg_temp
                        as 'select count(*) from tenancy.answers';
                    alter function runtime.careless() owner to {prefix}_owner;
                    grant execute on function runtime.careless() to {prefix}_h_uploads;
                    """))
            #expect(try await inside("uploads", one) { try await $0.query("select runtime.careless()")[0].int64(0) } == 1)
        }

        @Test("pitfall 45: a second claim waits for the first, and has it where that one is taken back")
        func waits() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1)
            for commits in [false, true] {
                let context = try database.context(tenant: tenant, user: Self.ada, handler: "probe")
                let outcome = try await database.client(role: "probe").withConnection(deadline: Self.limit) { first in
                    // In words, so that the client takes it for no transaction, inside which it would refuse the rest of this test.
                    try await first.execute("begin")
                    _ = try await first.query("select tenancy.use($1)", [.text(context)])
                    #expect(try await first.query(claim, [.text("00")])[0].bool(0))
                    async let second = write("second", "probe", tenant)
                    while try await database.query(
                        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")[0].int64(0) == 0
                    {}
                    if commits {
                        _ = try await first.query("select runtime.keep_answer('POST /x', 'k', 201, '[]', 'first')")
                        try await first.execute("commit")
                    } else {
                        try await first.execute("rollback")
                    }
                    return try await second
                }
                #expect(outcome == (commits ? "first" : "new"))
                _ = try await database.query("delete from tenancy.answers")
            }
        }
    }
}
