import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Audit log", .testDatabase) struct AuditLog {
        @Test("asvs-42, auth-18: a write and its line are there together or not at all: committed, failed, trapped, killed") func together()
            async throws
        {
            let member = try await Member.make()
            let database = try TestDatabase.current
            func state() async throws -> [Int64] {
                let row = try await database.query(
                    """
                    select (select count(*) from probe.entries where tenant_id = $1), (select count(*) from app.audit_log where tenant_id = $1),
                        (select count(*) from app.audit_log where tenant_id = $1 and not exists (
                            select from probe.entries where tenant_id = $1 and number = (details ->> 'number')::int8))
                    """, [.id(member.tenant)])[0]
                return [try row.int64(0), try row.int64(1), try row.int64(2)]
            }
            try await RunningHost.run { host in
                let token = try host.token(member)
                #expect(try await host.audited(token, 1).status == 201)
                #expect(try await host.audited(token, 2, end: "fail").status == 409)
                #expect(try await host.audited(token, 3, end: "trap").status == 502)
                #expect(try await state() == [1, 1, 0])
                // Killed while the transaction is open, its two rows written.
                async let killed = host.audited(token, 4, milliseconds: 8000)
                try await host.eventually("the transaction is open") {
                    try await database.query(
                        "select count(*) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'"
                    )[0].int64(0) > 0
                }
                for process in try host.processes() { kill(process, SIGKILL) }
                #expect(try await killed.status == 502)
                #expect(try await state() == [1, 1, 0])
                #expect(try await host.audited(token, 5).status == 201)
                #expect(try await state() == [2, 2, 0])
            }
        }

        @Test("asvs-42: a line says who did what to what, from where; hostile text stays text, and no second line comes of it") func contents()
            async throws
        {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let hostile = "=cmd|'/C calc'!A0\n2026-01-01 admin \u{1b}[31mowner\u{1b}[0m\r\nX: y\u{2028}\u{202e}"
                let agent = "agent/1 \u{9}=1+1"
                #expect(
                    try await host.audited(token, 1, text: hostile, headers: [("user-agent", agent), ("x-request-id", "request-7")]).status == 201)
                let business = try await host.post("/businesses", token: token, json: ["name": "=1+1"])
                let id = try #require(try business.json["id"]?.string)
                _ = try await host.request(
                    "PUT", "/businesses/\(id)", token: token, headers: [("content-type", "application/json")], body: Array(#"{"name": "b"}"#.utf8))
                #expect(try await host.request("DELETE", "/businesses/\(id)", token: token).status == 204)
                #expect(try await host.request("DELETE", "/businesses/\(id)", token: token).status == 404)

                let page = try await host.get("/audit/events", token: token)
                #expect(page["cache-control"] == "no-store")
                let json = try page.json
                #expect(json.actions == ["business.deleted", "business.replaced", "business.created", "entry.added"])
                let first = try #require(json["events"]?[3])
                #expect(first["actor"]?["user_id"]?.string == "\(member.user)")
                #expect(first["actor"]?["role"] == "owner")
                #expect(first["handler"] == "probe")
                #expect(first["request_id"] == "request-7")
                #expect(first["user_agent"] == "agent/1 =1+1")
                #expect(first["address"] == "127.0.0.1")
                #expect(first["target"]?["id"] == "=cmd|'/C calc'!A02026-01-01 admin [31mowner[0mX: y")
                #expect(first["details"]?["text"]?.string == hostile)
                #expect(first["occurred_at"]?.string?.hasSuffix("Z") == true)

                let csv = try await host.get("/audit/export", token: token)
                #expect(csv["content-type"] == "text/csv; charset=utf-8; header=present")
                #expect(csv["content-disposition"] == "attachment; filename=\"audit-log.csv\"")
                let lines = csv.text.split(separator: "\r\n")
                // The header, four lines and the export's own.
                #expect(lines.count == 6, "\(csv.text)")
                #expect(lines[1].contains(",'=cmd|") && !csv.body.contains(0x1b))
                #expect(!csv.text.contains(",=") && !csv.text.contains("\n="))

                let export = try await host.get("/audit/export?format=jsonl&action=entry.", token: token)
                let records = export.text.split(separator: "\n", omittingEmptySubsequences: false)
                #expect(records.count == 2 && records[1].isEmpty, "\(export.text)")
                #expect(try JSON.read(Array(records[0].utf8))["details"]?["text"]?.string == hostile)
                #expect(try await host.get("/audit/events?action=audit.exported", token: token).json.actions.count == 2)
            }
        }

        @Test("auth-15, auth-16, asvs-25: pages, filters and cursors: what is wrong is 400, and another tenant's is nothing") func pages()
            async throws
        {
            let (member, other) = (try await Member.make(1), try await Member.make(2))
            try await RunningHost.run { host in
                let (token, foreign) = (try host.token(member), try host.token(other))
                for number in Int64(1)...7 { #expect(try await host.audited(token, number, text: "t\(number % 2)").status == 201) }
                _ = try await host.audited(foreign, 1)
                var targets: [String] = []
                var query = "limit=3"
                var cursors: [String] = []
                while true {
                    let page = try await host.get("/audit/events?\(query)", token: token).json
                    targets += page["events"]?.array?.compactMap { $0["details"]?["number"]?.integer.map { "\($0)" } } ?? []
                    guard let next = page["next"]?.string else { break }
                    cursors.append(next)
                    query = "limit=3&cursor=\(next)"
                }
                #expect(targets == ["7", "6", "5", "4", "3", "2", "1"])
                #expect(cursors.count == 2)
                for (filter, count) in [
                    ("target=entry:t1", 4), ("target=entry", 7), ("target=entry:t", 0), ("action=entry.", 7), ("action=entry", 0),
                    ("action=entry.added", 7),
                    ("actor=\(member.user)", 7), ("actor=\(other.user)", 0), ("from=2020-01-01&to=2021-01-01", 0),
                    ("from=2020-01-01&to=2999-01-01", 7),
                ] {
                    #expect(try await host.get("/audit/events?\(filter)", token: token).json.actions.count == count, "\(filter)")
                }
                #expect(try await host.get("/audit/events", token: foreign).json.actions.count == 1)
                let cursor = cursors[0]
                for bad in [
                    "limit=-1", "limit=0", "limit=1000000000", "limit=abc", "limit=", "cursor=", "cursor=abc", "cursor=\(cursor.dropLast())",
                    "cursor=\(cursor)A", "cursor=\(cursor)&action=entry.", "cursor=\(String(cursor.reversed()))", "sort=id", "order=password",
                    "tenant_id=\(other.tenant)",
                    "actor=me", "action=%27", "action=..", "target=%27%20or%201=1", "target=member:", "from=yesterday",
                    "from=2021-01-01&to=2020-01-01",
                ] {
                    let answer = try await host.get("/audit/events?\(bad)", token: token)
                    #expect(answer.status == 400 && answer.errorCode == "VALIDATION_ERROR", "\(bad): \(answer.status) \(answer.text)")
                }
                #expect(try await host.get("/audit/events?cursor=\(cursor)", token: foreign).status == 400)
                for bad in ["format=xml", "format=", "limit=3", "columns=password_hash"] {
                    #expect(try await host.get("/audit/export?\(bad)", token: token).status == 400, "\(bad)")
                }
                #expect(try await host.get("/audit/export?format=jsonl", token: foreign).text.split(separator: "\n").count == 2)
            }
        }

        @Test("asvs-42: security events: a member sees the own ones, an admin those of the tenant, nobody another tenant's") func events()
            async throws
        {
            let (member, other) = (try await Member.make(1), try await Member.make(2))
            let viewer = try await Member.join(member.tenant, number: 3, role: .viewer)
            let database = try TestDatabase.current
            for (number, (user, tenant)) in [(member.user, member.tenant), (viewer.user, member.tenant), (other.user, other.tenant)].enumerated() {
                for outcome in ["ok", "failed"] {
                    try await database.execute(
                        """
                        insert into identity.security_events (action, outcome, user_id, tenant_id, address, user_agent, occurred_at)
                        values ('login', '\(outcome)', '\(user)', '\(tenant)', '10.0.0.\(number)', 'a', now() - interval '\(number) minutes')
                        """)
                }
            }
            try await RunningHost.run { host in
                let (token, own) = (try host.token(member), try host.token(viewer))
                let all = try await host.get("/audit/security-events", token: token).json
                #expect(Set(all["events"]?.array?.compactMap { $0["user_id"]?.string } ?? []) == ["\(member.user)", "\(viewer.user)"])
                #expect(all.actions.count == 4)
                #expect(try await host.get("/audit/security-events?user=\(viewer.user)", token: token).json.actions.count == 2)
                #expect(try await host.get("/audit/security-events?user=\(other.user)", token: token).json.actions.count == 0)
                #expect(try await host.get("/audit/security-events?action=logout", token: token).json.actions.count == 0)
                let first = try await host.get("/audit/security-events?limit=3", token: token).json
                let next = try #require(first["next"]?.string)
                #expect(try await host.get("/audit/security-events?limit=3&cursor=\(next)", token: token).json.actions.count == 1)
                #expect(try await host.get("/auth/security-events?cursor=\(next)", token: token).status == 400)
                let mine = try await host.get("/auth/security-events", token: own).json
                #expect(mine["events"]?.array?.compactMap { $0["address"]?.string } == ["10.0.0.1", "10.0.0.1"])
                #expect(try await host.get("/audit/security-events", token: try host.token(other)).json.actions.count == 2)
            }
        }
    }
}
