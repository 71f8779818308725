import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// A tenant's making is stopped at each of its steps, and whoever works on it is killed there.
    @Suite("Making a tenant, killed", .testDatabase) struct CreationKills {
        /// The tables that it writes, in its order; behind the last comes the commit.
        private static let steps = [
            "tenancy.tenants", "tenancy.invitations", "app.businesses", "app.audit_log", "identity.security_events", "identity.mail_outbox", "commit",
        ]

        private enum Victim: String, CaseIterable { case handler, gateway, backend }

        @Test("a kill at each step of create leaves all of the tenant or nothing, and the same request makes it afterwards")
        func steps() async throws {
            let admin = try await Member.make(1)
            try await admin.appoint(.admin)
            var place = try await RunningHost.start()
            defer {
                place.program.signal(SIGKILL)
                _ = place.program.end()
            }
            var ends: [String: Int] = [:]
            for victim in Victim.allCases {
                for step in Self.steps {
                    if victim == .gateway, step != steps(for: victim) { continue }
                    let slug = "\(victim.rawValue)-\(step.filter { $0.isLetter })"
                    let isThere = try await kill(victim, at: step, slug, place, admin)
                    ends["\(victim.rawValue) \(isThere ? "whole" : "nothing")", default: 0] += 1
                    if victim == .gateway { place = try await RunningHost.start() }
                    let again = try await createSoon(slug, place, admin)
                    #expect(again.status == (isThere ? 409 : 201), "\(victim) at \(step): \(again.status) \(again.text)")
                    #expect(try await parts(slug) == Self.whole, "\(victim) at \(step), again")
                }
            }
            // A backend that ends takes its transaction with it.
            #expect(ends["backend nothing"] == Self.steps.count, "\(ends)")
        }

        /// A start takes seconds: the gateway is killed at one step.
        private func steps(for victim: Victim) -> String { "app.audit_log" }

        private static let whole = ["tenant", "invitation", "businesses 2", "audit", "event", "mail"]

        /// Which parts of a tenant of that slug are there.
        private func parts(_ slug: String) async throws -> [String] {
            try await TestDatabase.current.query(
                """
                with t as (select id from tenancy.tenants where slug = $1)
                select array_to_json(array_remove(array[
                    (select 'tenant' from t), (select 'invitation' from tenancy.invitations i, t where i.tenant_id = t.id and i.role = 'owner'),
                    (select 'businesses ' || count(*) from app.businesses b, t where b.tenant_id = t.id having count(*) > 0),
                    (select 'audit' from app.audit_log l, t where l.tenant_id = t.id and l.action = 'tenant.created'),
                    (select 'event' from identity.security_events e, t where e.tenant_id = t.id and e.action = 'tenant_created'),
                    (select 'mail' from identity.mail_outbox m, t where m.tenant_id = t.id)], null))::text
                """, [.text(slug)]
            ).flatMap { try JSON.read(Array(try $0.text(0).utf8)).array?.compactMap(\.string) ?? [] }
        }

        private func create(_ slug: String, _ host: RunningHost, _ admin: Member) async throws -> HTTPAnswer {
            try await host.send(
                "POST", "/admin/tenants", token: try host.operatorToken(admin.user),
                json: [
                    "slug": .string(slug), "name": .string(slug), "owner": ["email": .string("\(slug)@example.test")],
                    "businesses": [["name": "One"], ["name": "Two"]],
                ])
        }

        /// The same, as soon as a handler that was killed often is started again.
        private func createSoon(_ slug: String, _ host: RunningHost, _ admin: Member) async throws -> HTTPAnswer {
            var answer = try await create(slug, host, admin)
            try await RunningHost.eventually("it is served again", within: .seconds(60)) {
                if answer.status != 503 { return true }
                answer = try await create(slug, host, admin)
                return answer.status != 503
            }
            return answer
        }

        /// Stops a creation at a step, kills, lets go; whether the tenant is there as a whole. Nothing else is allowed.
        private func kill(_ victim: Victim, at step: String, _ slug: String, _ host: RunningHost, _ admin: Member) async throws -> Bool {
            let database = try TestDatabase.current
            let superuser = database.superuserClient()
            return try await superuser.withConnection(deadline: .after(.seconds(60))) { gate in
                _ = try await gate.query("select pg_advisory_lock(7)")
                try await database.execute(Self.close(step))
                async let answer = try? create(slug, host, admin)
                try await host.eventually("the creation stands at \(step)") {
                    try await database.query("select count(*) from pg_locks where \(Self.stands)")[0].int64(0) == 1
                }
                switch victim {
                case .handler: for pid in try host.processes(of: "admin-handler") { Glibc.kill(pid, SIGKILL) }
                case .gateway:
                    host.program.signal(SIGKILL)
                    _ = try await Blocking.run { host.program.end() }
                case .backend:
                    _ = try await database.query("select pg_terminate_backend(pid) from pg_locks where \(Self.stands)")
                }
                let status = await answer?.status
                #expect(status == nil || status != 201, "\(victim) at \(step)")
                _ = try await gate.query("select pg_advisory_unlock(7)")
                try await host.eventually("nobody works on it") {
                    try await database.query(
                        """
                        select count(*) from pg_stat_activity where usename = $1 and state <> 'idle' and datname = current_database()
                        """, [.text("\(database.prefix)_h_administration")])[0].int64(0) == 0
                }
                try await database.execute(Self.open(step))
                let found = try await parts(slug)
                #expect(found.isEmpty || found == Self.whole, "\(victim) at \(step): \(found)")
                return !found.isEmpty
            }
        }

        private static let stands = """
            locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())
            """

        /// Waits for whoever holds the lock 7.
        private static let gate = """
            create function public.wait_at_gate() returns trigger language plpgsql security definer as $$
            begin
                perform pg_advisory_xact_lock_shared(7);
                return new;
            end $$;
            """

        /// The gate stands only while it is needed: no gateway starts beside such a function.
        private static func close(_ step: String) -> String {
            gate
                + (step == "commit"
                    ? """
                    create constraint trigger gate after insert on tenancy.tenants deferrable initially deferred for each row
                        execute function public.wait_at_gate()
                    """ : "create trigger gate before insert on \(step) for each row execute function public.wait_at_gate()")
        }

        private static func open(_ step: String) -> String {
            "drop trigger gate on \(step == "commit" ? "tenancy.tenants" : step); drop function public.wait_at_gate()"
        }
    }
}
