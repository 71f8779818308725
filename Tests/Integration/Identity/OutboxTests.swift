import Kernel
import Postgres
import Tenants
import TestSupport
import Testing
import Tokens

extension Integration {
    /// The functions of the outbox, as a handler's role calls them.
    @Suite("Mail that waits", .testDatabase) struct OutboxTests {
        private static var limit: Deadline { .after(.seconds(120)) }

        /// One statement of a handler in a transaction of its own; its rows as JSON.
        private func ask(_ sql: String, _ kind: SignedContext.Kind) async throws -> [JSONValue] {
            let database = try TestDatabase.current
            let context = try database.context(kind, role: nil, handler: "auth")
            return try await database.client(role: "auth").withConnection(deadline: Self.limit) { connection in
                try await connection.transaction {
                    _ = try await connection.query("select tenancy.use($1)", [.text(context)])
                    return try await connection.query("select to_json(r)::text from (\(sql)) r").map { try JSON.read(Array(try $0.text(0).utf8)) }
                }
            }
        }

        private func claim(_ most: Int, lease: String = "5 minutes") async throws -> [JSONValue] {
            try await ask("select id, attempt from identity.claim_mail(\(most), '\(lease)')", .system)
        }

        /// Lets the role do what the mail handler's may, and lets mails wait.
        private func queue(_ count: Int, to recipient: String) async throws {
            let database = try TestDatabase.current
            for function in [
                "claim_mail(int,interval)", "mail_sent(uuid,int)", "mail_postponed(uuid,int,interval,text)", "mail_given_up(uuid,int,text)",
            ] { try await database.execute("grant execute on function identity.\(function) to \(database.prefix.handler("auth"))") }
            try await database.execute(
                """
                insert into identity.mail_outbox (template, recipient, variables)
                    select 'verify_email', '\(recipient)', '\\x00' from generate_series(1, \(count))
                """)
        }

        @Test("eight claimers at once share what waits: each mail goes to one of them") func share() async throws {
            try await queue(60, to: "ann@example.com")
            let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var mine: [String] = []
                        while true {
                            let more = try await claim(4)
                            if more.isEmpty { return mine }
                            mine += more.compactMap { $0["id"]?.string }
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.count == 60 && Set(claimed).count == 60)
        }

        @Test("a claim whose lease has run out is another's, and who had it is not heard any more") func lease() async throws {
            try await queue(1, to: "ann@example.com")
            let first = try #require(try await claim(1, lease: "0 seconds").first)
            let second = try #require(try await claim(1).first)
            #expect(first["id"] == second["id"] && first["attempt"] == 1 && second["attempt"] == 2)
            let id = try #require(second["id"]?.string)
            func report(_ call: String) async throws -> JSONValue? {
                try await ask("select identity.\(call) as heard", .system).first?["heard"]
            }
            for late in ["mail_sent('\(id)', 1)", "mail_postponed('\(id)', 1, '1 hour', 'x')", "mail_given_up('\(id)', 1, 'x')"] {
                #expect(try await report(late) == false, "\(late)")
            }
            #expect(try await report("mail_sent('\(id)', 2)") == true)
            #expect(try await report("mail_sent('\(id)', 2)") == false)
            #expect(try await claim(1).isEmpty)
        }

        @Test("nobody gets more than twenty mails an hour, whoever asks for them") func flood() async throws {
            let database = try TestDatabase.current
            try await database.execute(
                "grant execute on function identity.queue_mail(text,text,uuid,bytea) to \(database.prefix.handler("auth"))")
            for _ in 0..<25 {
                _ = try await ask("select identity.queue_mail('verify_email', 'ann@example.com', null, '\\x00')::text as done", .identity)
            }
            _ = try await ask("select identity.queue_mail('verify_email', 'bob@example.com', null, '\\x00')::text as done", .identity)
            func waiting(_ recipient: String) async throws -> Int64 {
                try await TestDatabase.current.query("select count(*) from identity.mail_outbox where recipient = $1", [.text(recipient)])[0].int64(0)
            }
            #expect(try await waiting("ann@example.com") == 20)
            #expect(try await waiting("bob@example.com") == 1)
            try await TestDatabase.current.execute("update identity.mail_outbox set created_at = created_at - interval '61 minutes'")
            _ = try await ask("select identity.queue_mail('verify_email', 'ann@example.com', null, '\\x00')::text as done", .identity)
            #expect(try await waiting("ann@example.com") == 21)
        }
    }
}
