import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Subscriptions where nobody takes payments but an operator.
    @Suite("subscriptions by hand", .testDatabase) struct ManualBilling {
        @Test("what must be paid waits for an operator; what an operator gives counts at once") func request() async throws {
            try await BillingWorld.manual { world in
                let before = try await world.subscription()
                #expect(before["plan"] == "free" && before["status"] == "active" && before["provider"] == "manual" && before["period_end"] == nil)
                #expect(before["plan_details"]?["price_minor"] == 0)
                let quotas = before["quotas"]?.array ?? []
                #expect(quotas.contains { $0["limit"] == "members" && $0["used"] == 1 && $0["allowed"]?.integer != nil })
                #expect(quotas.contains { $0["limit"] == "uploads_per_month" && $0["resets_at"]?.string != nil })
                let asked = try await world.upgrade("pro")
                #expect(try asked.status == 200 && asked.json["outcome"] == "requested" && asked.json["checkout_url"] == nil, "\(asked.text)")
                #expect(try await world.upgrade("pro").json["outcome"] == "unchanged")
                #expect(try await world.subscription()["requested_plan"] == "pro")
                #expect(try await world.plan() == "free")
                let given = try await TestDatabase.current.query(
                    "select tenancy.change_plan($1, 'pro', 'paid by transfer', null)", [.id(world.owner.tenant)])
                #expect(try given[0].text(0) == "changed")
                let after = try await world.subscription()
                #expect(after["plan"] == "pro" && after["requested_plan"] == nil && after["period_end"]?.string != nil, "\(after)")
                #expect(try await world.changes() == ["free>pro"])
                // The month that is paid for is the month in which use is counted.
                let month = after["quotas"]?.array?.first { $0["limit"] == "uploads_per_month" }
                #expect(month?["resets_at"] == after["period_end"])
                let lines = try await TestDatabase.current.query(
                    "select details ->> 'outcome' from app.audit_log where action = 'subscription.changed'")
                #expect(try lines.map { try $0.text(0) } == ["requested"])
            }
        }

        @Test("an operator sees who asks for a plan, and says yes or no") func operators() async throws {
            try await BillingWorld.manual { world in
                func tenantry(_ arguments: String...) async throws -> (status: Int32, printed: String) {
                    let database = try TestDatabase.current
                    return try await Blocking.run {
                        try ChildProgram("tenantry", ["subscription"] + arguments, environment: try RunningHost.environment(database)).finish()
                    }
                }
                #expect(try await tenantry("list", "--requested", "--json").printed == "[]\n")
                #expect(try await tenantry("approve", "tenant-1").status == 66)
                #expect(try await world.upgrade("enterprise").status == 200)
                let asked = try await tenantry("list", "--requested", "--json")
                let list = try JSON.read(Array(asked.printed.utf8))
                #expect(list[0]?["slug"] == "tenant-1" && list[0]?["requested_plan"] == "enterprise" && list[1] == nil, "\(asked.printed)")
                #expect(try await tenantry("refuse", "tenant-1").status == 0)
                #expect(try await world.subscription()["requested_plan"] == nil)
                #expect(try await world.upgrade("pro").status == 200)
                let approved = try await tenantry("approve", world.owner.tenant.description, "--reason", "paid by transfer", "--json")
                #expect(try approved.status == 0 && JSON.read(Array(approved.printed.utf8))[0]?["plan"] == "pro", "\(approved.printed)")
                // The running gateway gives it from the next call on.
                #expect(try await world.plan() == "pro")
                let reason = try await TestDatabase.current.query("select reason from tenancy.plan_changes")
                #expect(try reason.map { try $0.text(0) } == ["paid by transfer"])
                #expect(try await tenantry("list").printed.contains("tenant-1"))
            }
        }

        @Test("less counts when the paid period ends, and not before") func downgrade() async throws {
            try await BillingWorld.manual { world in
                _ = try await TestDatabase.current.query("select tenancy.change_plan($1, 'enterprise', '', null)", [.id(world.owner.tenant)])
                let later = try await world.upgrade("pro")
                #expect(try later.json["outcome"] == "downgrade_scheduled", "\(later.text)")
                let state = try await world.subscription()
                #expect(state["plan"] == "enterprise" && state["scheduled_plan"] == "pro")
                #expect(try await world.post("resume").json["outcome"] == "resumed")
                #expect(try await world.post("resume").errorCode == "CONFLICT")
                #expect(try await world.upgrade("pro").status == 200)
                try await world.pass("period_start = now() - interval '40 days', period_end = now() - interval '1 minute', due_at = now()")
                try await world.host.eventually("the period has ended") { try await world.plan() == "pro" }
                let after = try await world.subscription()
                #expect(after["scheduled_plan"] == nil && after["period_end"]?.string != nil)
                #expect(try await world.post("cancel").json["outcome"] == "cancel_scheduled")
                #expect(try await world.subscription()["cancel_at_period_end"] == true)
                try await world.pass("period_start = now() - interval '40 days', period_end = now() - interval '1 minute', due_at = now()")
                try await world.host.eventually("the plan has ended") { try await world.plan() == "free" }
                let over = try await world.subscription()
                #expect(over["status"] == "canceled" && over["period_end"] == nil)
                #expect(try await world.changes() == ["free>enterprise", "enterprise>pro", "pro>free"])
                #expect(try await world.post("cancel").errorCode == "CONFLICT")
            }
        }

        @Test("a period that nobody changes is followed by the next one") func renewal() async throws {
            try await BillingWorld.manual { world in
                _ = try await TestDatabase.current.query("select tenancy.change_plan($1, 'pro', '', null)", [.id(world.owner.tenant)])
                try await world.pass(
                    "period_anchor = now() - interval '100 days', period_start = now() - interval '100 days', period_end = now() - interval '70 days', due_at = now()"
                )
                try await world.host.eventually("the period has been renewed") {
                    try await TestDatabase.current.query(
                        "select period_end > now() and period_start <= now() and due_at = period_end from tenancy.subscriptions where tenant_id = $1",
                        [.id(world.owner.tenant)])[0].bool(0)
                }
                #expect(try await world.plan() == "pro")
                #expect(try await world.changes() == ["free>pro"])
            }
        }

        @Test("a plan is tried once, and ends by itself") func trial() async throws {
            try await BillingWorld.manual { world in
                #expect(try await world.upgrade("enterprise", trial: true).errorCode == "VALIDATION_ERROR")
                let tried = try await world.upgrade("pro", trial: true)
                #expect(try tried.json["outcome"] == "trial_started", "\(tried.text)")
                let state = try await world.subscription()
                #expect(state["plan"] == "pro" && state["status"] == "trialing" && state["trial_end"]?.string != nil)
                try await world.pass("trial_end = now(), due_at = now()")
                try await world.host.eventually("the trial has ended") { try await world.plan() == "free" }
                #expect(try await world.upgrade("pro", trial: true).errorCode == "CONFLICT")
                #expect(try await world.subscription()["trial_used"] == true)
                #expect(try await world.changes() == ["free>pro", "pro>free"])
            }
        }

        @Test("where the operator trusts, races of upgrades end in one of them, each change written down once") func race() async throws {
            try await BillingWorld.manual("trust") { world in
                let plans = (0..<12).map { $0 % 2 == 0 ? "pro" : "enterprise" }
                let answers = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
                    for plan in plans { group.addTask { try await world.upgrade(plan) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                for answer in answers { #expect([200, 409].contains(answer.status), "\(answer.status) \(answer.text)") }
                #expect(answers.contains { $0.status == 200 })
                let changes = try await world.changes()
                let plan = try #require(try await world.plan())
                // A chain without a gap: none was lost, none counted twice.
                var at = "free"
                for change in changes {
                    #expect(change.hasPrefix("\(at)>"), "\(changes)")
                    at = String(change.split(separator: ">")[1])
                }
                #expect(at == plan && plan == "enterprise", "\(changes)")
                let lines = try await TestDatabase.current.query("select count(*) from app.audit_log where action = 'subscription.changed'")
                #expect(try lines[0].int64(0) >= Int64(changes.count))
            }
        }

        @Test("an upgrade with a key is done once") func key() async throws {
            try await BillingWorld.manual("trust") { world in
                let token = try world.host.token(world.owner)
                let headers = [("content-type", "application/json"), ("idempotency-key", "upgrade-1")]
                let body = Array(#"{"plan": "pro"}"#.utf8)
                let first = try await world.host.request("POST", "/api/v1/users/upgrade", token: token, headers: headers, body: body)
                let second = try await world.host.request("POST", "/api/v1/users/upgrade", token: token, headers: headers, body: body)
                #expect(first.status == 200 && first.body == second.body && second["idempotency-replayed"] == "true", "\(first.text) \(second.text)")
                #expect(try await world.changes() == ["free>pro"])
            }
        }

        @Test("plans: the public ones for everybody, an agreed one for its tenant alone") func plans() async throws {
            try await BillingWorld.manual { world in
                let other = try await BillingWorld.member(2)
                try await TestDatabase.current.execute(
                    "insert into tenancy.plans (name, title, position, price_minor) values ('acme', 'As agreed with Acme', 35, 777)")
                let list = try await world.host.get("/api/v1/plans")
                #expect(try list.json["plans"]?.array?.compactMap { $0["name"]?.string } == ["free", "pro", "enterprise"], "\(list.text)")
                #expect(try list.json["plans"]?[1]?["uploads_per_month"]?.integer != nil)
                for name in ["acme", "nothing", "", "Pro", String(repeating: "x", count: 33), "pro'; --"] {
                    let answer = try await world.upgrade(name)
                    #expect(answer.errorCode == "VALIDATION_ERROR" && answer.text.contains("\"plan\""), "\(name): \(answer.text)")
                }
                _ = try await TestDatabase.current.query("select tenancy.change_plan($1, 'acme', '', null)", [.id(world.owner.tenant)])
                #expect(try await world.plan() == "acme")
                #expect(try await world.upgrade("acme", by: other).errorCode == "VALIDATION_ERROR")
                #expect(try await world.subscription(other)["plan"] == "free")
            }
        }

        @Test("what a change costs is said before, and what cannot be is refused") func preview() async throws {
            try await BillingWorld.manual { world in
                let token = try world.host.token(world.owner)
                let first = try await world.host.get("/api/v1/users/upgrade/preview?plan=pro", token: token)
                #expect(try first.json["proration"]?["due_minor"] == 4900 && first.json["is_upgrade"] == true, "\(first.text)")
                _ = try await TestDatabase.current.query("select tenancy.change_plan($1, 'pro', '', null)", [.id(world.owner.tenant)])
                try await world.pass(
                    "period_start = now() - interval '15 days', period_end = now() + interval '15 days', due_at = now() + interval '15 days'")
                let half = try await world.host.get("/api/v1/users/upgrade/preview?plan=enterprise", token: token).json["proration"]
                #expect(half?["credit_minor"] == 2450 && half?["charge_minor"] == 24_950 && half?["due_minor"] == 22_500, "\(half ?? .null)")
                let less = try await world.host.get("/api/v1/users/upgrade/preview?plan=free", token: token).json
                #expect(less["is_upgrade"] == false && less["proration"] == nil)
                #expect(try await world.subscription()["period_end"] == less["effective_at"])
                #expect(try await world.host.get("/api/v1/users/upgrade/preview", token: token).errorCode == "VALIDATION_ERROR")
                // Nobody takes payments here.
                #expect(try await world.post("portal").errorCode == "CONFLICT")
                let event = try await world.host.request("POST", "/api/v1/billing/webhooks/stripe", body: Array("{}".utf8))
                #expect(event.errorCode == "NOT_FOUND")
            }
        }

        @Test("what was used is shown by day and month, to its tenant alone") func usage() async throws {
            try await BillingWorld.manual { world in
                let other = try await BillingWorld.member(2)
                let token = try world.host.token(world.owner)
                for _ in 0..<3 { _ = try await world.subscription() }
                for step in ["day", "month"] {
                    try await world.host.eventually("calls are counted by \(step)") {
                        let answer = try await world.host.get("/api/v1/users/usage?step=\(step)", token: token)
                        let periods = try answer.json["periods"]?.array ?? []
                        return periods.count == 1 && (periods[0]["calls"]?.integer ?? 0) >= 3
                            && periods[0]["start"]?.string?.hasSuffix("T00:00:00Z") == true
                    }
                }
                let stranger = try await world.host.get("/api/v1/users/usage", token: try world.host.token(other))
                // The host may have called for it by itself, as it does each day; nobody else has.
                let others = try stranger.json["periods"]?.array ?? []
                #expect(others.allSatisfy { $0["calls"]?.integer == $0["jobs"]?.integer }, "\(stranger.text)")
                for query in [
                    "step=year", "from=x", "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from=2020-01-01T00:00:00Z", "unknown=1",
                ] {
                    let answer = try await world.host.get("/api/v1/users/usage?\(query)", token: token)
                    #expect(answer.errorCode == "VALIDATION_ERROR", "\(query): \(answer.text)")
                }
            }
        }

        @Test(
            "a setting that cannot be is named",
            arguments: [
                (["TENANTRY_STRIPE_KEY": "sk_test_x"], "TENANTRY_STRIPE_WEBHOOK_SECRET"),
                (["TENANTRY_STRIPE_KEY": "sk_test_x", "TENANTRY_STRIPE_WEBHOOK_SECRET": "short"], "TENANTRY_STRIPE_WEBHOOK_SECRET"),
                (["TENANTRY_STRIPE_KEY": "sk test"], "TENANTRY_STRIPE_KEY"), (["TENANTRY_BILLING": "stripe"], "TENANTRY_STRIPE_KEY"),
                (["TENANTRY_BILLING": "free"], "TENANTRY_BILLING"), (["TENANTRY_BILLING_RETURN_URL": "nowhere"], "TENANTRY_BILLING_RETURN_URL"),
                (["TENANTRY_STRIPE_KEY": "sk_test_x", "TENANTRY_BILLING": "trust"], "TENANTRY_BILLING"),
                (
                    [
                        "TENANTRY_STRIPE_KEY": "sk_test_x", "TENANTRY_STRIPE_WEBHOOK_SECRET": "whsec_0123456789abcdef",
                        "TENANTRY_STRIPE_URL": "https://api.stripe.com/v1",
                    ], "TENANTRY_STRIPE_URL"
                ),
            ])
        func settings(environment: [String: String], named: String) async throws {
            let (status, printed) = try await Blocking.run {
                try ChildProgram("tenantry", ["handler", "list"], environment: environment.merging(["TENANTRY_HANDLERS": ""]) { $1 }).finish()
            }
            #expect(status != 0 && printed.contains(named) && !printed.contains("sk_test_x"), "\(printed)")
        }

        @Test("every tenant has a subscription, however it was made") func opened() async throws {
            let database = try TestDatabase.current
            _ = try await BillingWorld.member(1)
            try await database.execute("insert into tenancy.tenants (id, slug, name, plan) values (gen_random_uuid(), 'made', 'Made', 'pro')")
            let rows = try await database.query(
                "select s.plan, s.status, s.period_end is not null and s.due_at = s.period_end from tenancy.subscriptions s join tenancy.tenants t on t.id = s.tenant_id order by t.slug"
            )
            #expect(try rows.map { try $0.text(0) } == ["pro", "free"])
            #expect(try rows[0].bool(2) && !rows[1].bool(2))
            try await database.execute("delete from tenancy.tenants")
            #expect(try await database.query("select 1 from tenancy.subscriptions").isEmpty)
        }
    }
}
