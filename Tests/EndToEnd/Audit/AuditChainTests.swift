import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Audit chain", .testDatabase) struct AuditChain {
        /// What somebody does who may write everything in the database, and what the check calls it. `T` stands for the tenant.
        struct Tampering: Sendable, CustomStringConvertible {
            let name: String
            let sql: String
            let kinds: Set<String>
            var description: String { name }

            init(_ name: String, _ kinds: Set<String>, _ sql: String) {
                self.name = name
                self.sql = sql
                self.kinds = kinds
            }
        }

        static let tamperings = [
            Tampering("change", ["entry_changed"], "update app.audit_log set action = 'thing.kept' where tenant_id = 'T' and request_id = 'r3'"),
            Tampering(
                "change by a microsecond", ["entry_changed"],
                "update app.audit_log set occurred_at = occurred_at + interval '1 microsecond' where tenant_id = 'T' and request_id = 'r3'"),
            Tampering("delete", ["entry_missing"], "delete from app.audit_log where tenant_id = 'T' and request_id = 'r3'"),
            Tampering(
                "delete with its place", ["order_changed"],
                """
                delete from app.audit_positions where tenant_id = 'T' and entry_id = (select id from app.audit_log where tenant_id = 'T' and request_id = 'r3');
                delete from app.audit_log where tenant_id = 'T' and request_id = 'r3'
                """),
            Tampering(
                "insert into the past", ["entry_inserted"],
                """
                insert into app.audit_log select (e).* from (select jsonb_populate_record(e, jsonb_build_object(
                    'id', gen_random_uuid(), 'occurred_at', now() - interval '3 hours')) e from app.audit_log e
                    where tenant_id = 'T' and request_id = 'r3') x
                """),
            Tampering(
                "put in another's place", ["entry_changed", "entry_inserted"],
                """
                insert into app.audit_log select (e).* from (select jsonb_populate_record(e, jsonb_build_object(
                    'id', '01900000-0000-7000-8000-00000000aaaa', 'occurred_at', now() - interval '3 hours')) e from app.audit_log e
                    where tenant_id = 'T' and request_id = 'r3') x;
                update app.audit_log set occurred_at = now() - interval '3 hours' where tenant_id = 'T' and request_id = 'r3';
                update app.audit_positions set entry_id = '01900000-0000-7000-8000-00000000aaaa'
                    where tenant_id = 'T' and entry_id = (select id from app.audit_log where tenant_id = 'T' and request_id = 'r3'
                        and id <> '01900000-0000-7000-8000-00000000aaaa')
                """),
            Tampering(
                "reorder", ["order_changed"],
                """
                update app.audit_positions set position = 1000 where tenant_id = 'T' and position = 2;
                update app.audit_positions set position = 2 where tenant_id = 'T' and position = 1;
                update app.audit_positions set position = 1 where tenant_id = 'T' and position = 1000
                """),
            Tampering(
                "change a seal", ["seal_changed"],
                "update app.audit_seals set sealed_at = sealed_at - interval '1 s' where tenant_id = 'T' and number = 1"),
            Tampering("take a seal out", ["seal_missing", "chain_broken"], "delete from app.audit_seals where tenant_id = 'T' and number = 1"),
            Tampering(
                "cut the last seal off", ["seals_cut", "end_cut"], "delete from app.audit_seals where tenant_id = 'T' and number = 3"),
            Tampering(
                "cut the end off cleanly", ["end_cut"],
                """
                delete from app.audit_log where tenant_id = 'T' and id in (select entry_id from app.audit_positions where tenant_id = 'T' and position > 4);
                delete from app.audit_positions where tenant_id = 'T' and position > 4;
                delete from app.audit_seals where tenant_id = 'T' and number = 3
                """),
            Tampering(
                "cut all off", ["end_cut"],
                "delete from app.audit_log where tenant_id = 'T'; delete from app.audit_positions where tenant_id = 'T'; delete from app.audit_seals where tenant_id = 'T'"
            ),
        ]

        @Test("asvs-42: whoever may write all of the database cannot tamper unseen") func tampering() async throws {
            try await RunningHost.run { host in
                for (index, tampering) in Self.tamperings.enumerated() {
                    try await tamper(tampering, try await Member.make(index + 1), host)
                }
            }
        }

        private func tamper(_ tampering: Tampering, _ member: Member, _ host: RunningHost) async throws {
            let token = try host.token(member)
            var last: JSONValue = .null
            for batch in 0..<3 {
                for number in 0..<2 {
                    let number = batch * 2 + number + 1
                    let answer = try await host.audited(token, Int64(number), headers: [("x-request-id", "r\(number)")])
                    #expect(answer.status == 201)
                }
                last = try await host.verification(token)
            }
            #expect(last["intact"] == true && last["seals"] == 3 && last["events"] == 6, "\(last)")
            let head = "?seal=\(last["head"]?["seal"]?.integer ?? 0)&hash=\(last["head"]?["hash"]?.string ?? "")"
            #expect(try await host.verification(token, head)["intact"] == true)
            try await TestDatabase.current.execute(tampering.sql.replacing("'T'", with: "'\(member.tenant)'"))
            let after = try await host.verification(token, head)
            #expect(after["intact"] == false, "\(tampering)")
            #expect(after.breakKinds == tampering.kinds, "\(tampering): \(after)")
            // And it stays so when the log goes on.
            _ = try await host.audited(token, 7)
            #expect(try await host.verification(token, head)["intact"] == false, "\(tampering)")
        }

        @Test("asvs-42: entries that commit late go to a later batch, and sealing waits for no writer") func late() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                _ = try await host.audited(token, 1)
                async let late = host.audited(token, 2, milliseconds: 3000)
                let database = try TestDatabase.current
                try await host.eventually("it is open") {
                    try await database.query(
                        "select count(*) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'"
                    )[0].int64(0) > 0
                }
                _ = try await host.audited(token, 3)
                // The writer still holds its row when the seal is made, and the seal is made.
                let sealed = try await host.verification(token)
                #expect(sealed["intact"] == true && sealed["events"] == 2, "\(sealed)")
                #expect(
                    try await database.query(
                        "select count(*) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'"
                    )[0].int64(0) == 1, "the writer was waited for")
                #expect(try await late.status == 201)
                let after = try await host.verification(token)
                #expect(after["intact"] == true && after["events"] == 3 && after["seals"]?.integer == (sealed["seals"]?.integer ?? 0) + 1, "\(after)")
            }
        }

        @Test("asvs-34, asvs-42: sealers and writers at once: one chain, every entry in it once") func together() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for writer in Int64(0)..<4 {
                        group.addTask {
                            for number in Int64(0)..<15 {
                                let answer = try await host.audited(token, writer * 100 + number + 1)
                                #expect(answer.status == 201, "\(answer.text)")
                            }
                        }
                    }
                    for _ in 0..<4 {
                        group.addTask {
                            for _ in 0..<6 {
                                let check = try await host.verification(token)
                                #expect(check["intact"] == true, "\(check)")
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                let check = try await host.verification(token)
                #expect(check["intact"] == true && check["events"] == 60, "\(check)")
                let export = try await host.get("/audit/export?format=jsonl&action=entry.added", token: token)
                let records = try export.text.split(separator: "\n").map { try JSON.read(Array($0.utf8)) }
                #expect(Set(records.compactMap { $0["details"]?["number"]?.integer }).count == 60)
                #expect(records.compactMap { $0["position"]?.integer } == Array(1...60))
            }
        }

        @Test("asvs-42: the host seals by itself and when it stops, and cries out where the chain it remembers is gone") func sealing() async throws {
            let member = try await Member.make()
            let database = try TestDatabase.current
            func seals() async throws -> Int64 {
                try await database.query("select count(*) from app.audit_seals where tenant_id = $1", [.id(member.tenant)])[0].int64(0)
            }
            try await RunningHost.run(.init(environment: ["TENANTRY_AUDIT_SEAL": "200ms"])) { host in
                _ = try await host.audited(try host.token(member), 1)
                try await host.eventually("sealed by itself") { try await seals() == 1 }
                try await host.eventually("kept outside") { File.exists("\(host.home)/audit-seals.json") }
            }
            let stopped = try await RunningHost.start(.init(environment: ["TENANTRY_AUDIT_SEAL": "1h"]))
            _ = try await stopped.audited(try stopped.token(member), 2)
            stopped.program.signal(SIGTERM)
            _ = try await Blocking.run { stopped.program.end() }
            #expect(try await seals() == 2)
            let kept = try JSON.read(try File.read("\(stopped.home)/audit-seals.json"))
            #expect(kept["\(member.tenant)"]?["seal"] == 2)
            // The whole log is cut off, so cleanly that nothing in the database tells of it.
            for table in ["audit_log", "audit_positions", "audit_seals"] {
                _ = try await database.query("delete from app.\(table) where tenant_id = $1", [.id(member.tenant)])
            }
            try await RunningHost.run(.init(environment: ["TENANTRY_AUDIT_SEAL": "200ms"])) { host in
                _ = try await host.audited(try host.token(member), 3)
                try await host.eventually("it is said") { host.program.printed.contains("is not what was sealed") }
                #expect(try JSON.read(try File.read("\(host.home)/audit-seals.json")) == kept)
            }
        }

        @Test("asvs-25: the chain of one tenant says nothing of another's") func apart() async throws {
            let (member, other) = (try await Member.make(1), try await Member.make(2))
            try await RunningHost.run { host in
                let (token, foreign) = (try host.token(member), try host.token(other))
                let first = try await host.audited(token, 1)
                #expect(first.status == 201, "\(first.text)")
                let mine = try await host.verification(token)
                let head = "?seal=1&hash=\(mine["head"]?["hash"]?.string ?? "")"
                #expect(try await host.verification(foreign)["head"]?.isNull ?? true)
                #expect(try await host.verification(foreign, head).breakKinds == ["end_cut"])
                for bad in ["?seal=1", "?hash=00", "?seal=0&hash=\(String(repeating: "0", count: 64))", "?seal=1&hash=zz", "?seal=x&hash=x"] {
                    #expect(try await host.get("/audit/verification\(bad)", token: token).status == 400, "\(bad)")
                }
            }
        }
    }
}
