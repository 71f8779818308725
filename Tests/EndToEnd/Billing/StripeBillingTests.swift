import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Subscriptions that are paid through Stripe, of whom a stand-in speaks.
    @Suite("subscriptions through Stripe", .testDatabase) struct StripeBilling {
        @Test("a first payment is made on one page, and opens the plan when it is made") func checkout() async throws {
            try await BillingWorld.stripe { world in
                #expect(try await world.post("portal").errorCode == "CONFLICT")
                let begun = try await world.upgrade("pro")
                let url = try #require(try begun.json["checkout_url"]?.string, "\(begun.text)")
                #expect(try begun.json["outcome"] == "checkout" && url.hasPrefix("https://checkout.stripe.com/"))
                #expect(try await world.plan() == "free")
                // Asked again: the same page. Another plan: another page, and the first is closed.
                #expect(try await world.upgrade("pro").json["checkout_url"]?.string == url)
                let other = try await world.upgrade("enterprise")
                #expect(try other.json["checkout_url"]?.string != url)
                let again = try #require(try await world.upgrade("pro").json["checkout_url"]?.string)
                let sessions = try await world.control("all")["sessions"]?.array ?? []
                #expect(sessions.compactMap { $0["status"]?.string } == ["expired", "expired", "open"])
                #expect(sessions.allSatisfy { $0["client_reference_id"]?.string == world.owner.tenant.description })
                #expect(sessions.last?["success_url"]?.string == "\(BillingWorld.returnURL)?checkout=done")
                let customers = try await world.control("all")["customers"]?.array ?? []
                #expect(customers.count == 1 && customers[0]["metadata"]?["tenant_id"]?.string == world.owner.tenant.description)

                let made = try await world.control("pay?session=\(again.split(separator: "/").last ?? "")")
                #expect(try await world.plan() == "free")
                #expect(try await world.deliver().allSatisfy { $0 == 200 })
                let state = try await world.subscription()
                #expect(state["plan"] == "pro" && state["status"] == "active" && state["provider"] == "stripe", "\(state)")
                #expect(state["period_end"]?.string.flatMap { Timestamp($0) }?.seconds == made["current_period_end"]?.integer)
                #expect(try await world.changes() == ["free>pro"])
                #expect(try await world.upgrade("pro").json["outcome"] == "unchanged")
                let portal = try await world.post("portal")
                #expect(try portal.json["url"]?.string?.hasPrefix("https://billing.stripe.com/") == true, "\(portal.text)")
                // No name of the provider's is shown, and every write had a key of its own.
                #expect(!state.description.contains("_standin"))
                let writes = try await world.control("all")["requests"]?.array?.filter { $0["method"] == "POST" } ?? []
                #expect(writes.count > 4 && Set(writes.compactMap { $0["key"]?.string }).count == writes.count)
            }
        }

        @Test("a page that is paid while another plan is asked for is not closed, but counts") func paidMeanwhile() async throws {
            try await BillingWorld.stripe { world in
                let url = try #require(try await world.upgrade("pro").json["checkout_url"]?.string)
                try await world.control("pay?session=\(url.split(separator: "/").last ?? "")")
                // No event has come yet.
                let answer = try await world.upgrade("enterprise")
                #expect(try answer.json["outcome"] == "subscribed" && answer.json["checkout_url"] == nil, "\(answer.text)")
                #expect(try await world.plan() == "pro")
                #expect(try await world.deliver().allSatisfy { $0 == 200 })
                #expect(try await world.changes() == ["free>pro"])
            }
        }

        @Test("a trial goes on until its end when it is bought") func trial() async throws {
            try await BillingWorld.stripe { world in
                #expect(try await world.upgrade("pro", trial: true).json["outcome"] == "trial_started")
                let end = try #require(try await world.subscription()["trial_end"]?.string.flatMap { Timestamp($0) })
                let session = try #require(try await world.upgrade("pro").json["checkout_url"]?.string?.split(separator: "/").last)
                try await world.control("pay?session=\(session)")
                #expect(try await world.deliver().allSatisfy { $0 == 200 })
                let state = try await world.subscription()
                #expect(state["status"] == "trialing" && state["provider"] == "stripe" && state["plan"] == "pro", "\(state)")
                #expect(state["trial_end"]?.string.flatMap { Timestamp($0) }?.seconds == end.seconds)
            }
        }

        @Test("more is charged at once with the difference; less counts with the next period; an end too") func moves() async throws {
            try await BillingWorld.stripe { world in
                let id = try await world.subscribe("pro")
                let up = try await world.upgrade("enterprise")
                #expect(try up.json["outcome"] == "upgraded" && up.json["subscription"]?["plan"] == "enterprise", "\(up.text)")
                let moved = try #require(try await world.requests("POST", "/v1/subscriptions/").last?["form"])
                #expect(moved["proration_behavior"] == "always_invoice" && moved["payment_behavior"] == "error_if_incomplete")
                #expect(try await world.deliver().allSatisfy { $0 == 200 })

                let down = try await world.upgrade("pro")
                #expect(try down.json["outcome"] == "downgrade_scheduled", "\(down.text)")
                #expect(try await world.requests("POST", "/v1/subscriptions/").last?["form"]?["proration_behavior"] == "none")
                // The lower price is there at once; what was paid for stays, whatever is reported.
                #expect(try await world.deliver().allSatisfy { $0 == 200 })
                let state = try await world.subscription()
                #expect(state["plan"] == "enterprise" && state["scheduled_plan"] == "pro", "\(state)")
                #expect(try await world.post("resume").json["outcome"] == "resumed")
                #expect(try await world.subscription()["scheduled_plan"] == nil)
                #expect(try await world.upgrade("pro").json["outcome"] == "downgrade_scheduled")
                try await world.control("renew?subscription=\(id)")
                #expect(try await world.deliver().allSatisfy { $0 == 200 })
                #expect(try await world.plan() == "pro")

                #expect(try await world.post("cancel").json["outcome"] == "cancel_scheduled")
                #expect(try await world.post("cancel").json["outcome"] == "unchanged")
                #expect(try await world.post("resume").json["outcome"] == "resumed")
                #expect(try await world.upgrade("free").json["outcome"] == "downgrade_scheduled")
                #expect(try await world.plan() == "pro")
                try await world.control("renew?subscription=\(id)")
                #expect(try await world.deliver().allSatisfy { $0 == 200 })
                let over = try await world.subscription()
                #expect(over["plan"] == "free" && over["status"] == "canceled" && over["provider"] == "manual", "\(over)")
                #expect(try await world.changes() == ["free>pro", "pro>enterprise", "enterprise>pro", "pro>free"])
                // And once more, by the same customer.
                try await world.subscribe("pro")
                #expect(try await world.control("all")["customers"]?.array?.count == 1)
            }
        }

        @Test("a card that is declined changes nothing, and keeps nobody waiting") func declined() async throws {
            try await BillingWorld.stripe { world in
                try await world.subscribe("pro")
                try await world.control("state?decline=True")
                let answer = try await world.upgrade("enterprise")
                #expect(answer.status == 402 && answer.errorCode == "PAYMENT_REQUIRED" && !answer.text.contains("declined."), "\(answer.text)")
                let state = try await world.subscription()
                #expect(state["plan"] == "pro" && state["change_pending"] == false && state["scheduled_plan"] == nil)
                try await world.control("state?decline=False")
                #expect(try await world.upgrade("enterprise").json["outcome"] == "upgraded")
                #expect(try await world.changes() == ["free>pro", "pro>enterprise"])
            }
        }

        @Test("races of two upgrades: the second hears 409 while the first is asked for, and one of many is made") func race() async throws {
            try await BillingWorld.stripe { world in
                try await world.subscribe("pro")
                try await world.control("state?hold=/v1/subscriptions")
                async let first = world.upgrade("enterprise")
                try await world.host.eventually("the provider is being asked") { try await world.control("state")["waiting"] == 1 }
                #expect(try await world.subscription()["change_pending"] == true)
                for plan in ["enterprise", "free", "pro"] {
                    let second = try await world.upgrade(plan)
                    #expect(second.status == 409 && second.errorCode == "CONFLICT" && second["retry-after"] != nil, "\(second.text)")
                }
                #expect(try await world.post("cancel").status == 409)
                try await world.control("state?release=1")
                let done = try await first
                #expect(try done.json["outcome"] == "upgraded", "\(done.text)")
                #expect(try await world.plan() == "enterprise")
                let moves = try await world.requests("POST", "/v1/subscriptions/").count
                #expect(moves == 1)

                // Ten at once: one is asked for, the others wait or have nothing to do.
                let answers = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
                    for _ in 0..<10 { group.addTask { try await world.upgrade("pro") } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.allSatisfy { [200, 409].contains($0.status) }, "\(answers.map(\.text))")
                #expect(try answers.count { try $0.status == 200 && $0.json["outcome"] == "downgrade_scheduled" } == 1)
                #expect(try await world.requests("POST", "/v1/subscriptions/").count == moves + 1)
            }
        }

        @Test("races of first payments end in one page that can be paid") func pages() async throws {
            try await BillingWorld.stripe { world in
                let answers = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
                    for number in 0..<10 { group.addTask { try await world.upgrade(number % 2 == 0 ? "pro" : "enterprise") } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.allSatisfy { [200, 409].contains($0.status) }, "\(answers.map(\.text))")
                let open = try await world.control("all")["sessions"]?.array?.filter { $0["status"] == "open" } ?? []
                #expect(open.count == 1)
                #expect(try await world.control("all")["customers"]?.array?.count == 1)
                // Paid twice all the same, on a page that was thought to be closed: the second subscription is ended, and its money given back.
                let session = open[0]["id"]?.string ?? ""
                try await world.control("pay?session=\(session)")
                #expect(try await world.deliver().allSatisfy { $0 == 200 })
                let from = try await world.eventCount()
                try await world.control("pay?session=\(session)&force=1")
                #expect(try await world.deliver("&from=\(from)").allSatisfy { $0 == 200 })
                let states = try await world.control("all")["subscriptions"]?.array?.compactMap { $0["status"]?.string }
                #expect(states == ["active", "canceled"])
                #expect(try await world.deliver().allSatisfy { $0 == 200 })
                #expect(try await world.subscription()["status"] == "active")
            }
        }

        @Test("an answer of the provider's that is lost is asked for again, and done once") func lost() async throws {
            try await BillingWorld.stripe { world in
                try await world.subscribe("pro")
                let from = try await world.eventCount()
                try await world.control("state?lose=1")
                let answer = try await world.upgrade("enterprise")
                #expect(answer.status == 200, "\(answer.text)")
                let moves = try await world.requests("POST", "/v1/subscriptions/")
                #expect(Set(moves.compactMap { $0["key"]?.string }).count == 1)
                let events = try await world.control("all")["events"]?.array?.dropFirst(from) ?? []
                #expect(events.count { $0["type"] == "invoice.paid" } == 1)
            }
        }

        @Test("whatever became of a change that nobody finished: the provider is asked, and the plan follows", arguments: [true, false])
        func unfinished(isDone: Bool) async throws {
            try await BillingWorld.stripe { world in
                try await world.subscribe("pro")
                try await world.control("state?hold=/v1/subscriptions")
                async let lost = try? world.upgrade("enterprise")
                try await world.host.eventually("the provider is being asked") { try await world.control("state")["waiting"] == 1 }
                world.host.program.signal(SIGKILL)
                _ = try await Blocking.run { world.host.program.end() }
                let unheard = await lost
                #expect(unheard == nil)
                if !isDone { try await world.control("state?decline=True") }
                try await world.control("state?release=1")
                try await RunningHost.run(.init(environment: world.environment)) { host in
                    let world = BillingWorld(host: host, owner: world.owner, stripe: world.stripe, environment: world.environment)
                    #expect(try await world.subscription()["change_pending"] == true)
                    #expect(try await world.plan() == "pro")
                    // A minute later.
                    try await world.pass("change_until = now(), due_at = now()")
                    try await host.eventually("the change is settled") {
                        try await TestDatabase.current.query("select 1 from tenancy.subscriptions where change_id is not null").isEmpty
                    }
                    #expect(try await world.plan() == (isDone ? "enterprise" : "pro"))
                    if !isDone { try await world.control("state?decline=False") }
                    #expect(try await world.upgrade("enterprise").json["outcome"] == (isDone ? "unchanged" : "upgraded"))
                }
            }
        }

        @Test("without any event the provider is asked when a period is over") func reconciled() async throws {
            try await BillingWorld.stripe { world in
                let id = try await world.subscribe("pro")
                try await world.control("set?subscription=\(id)&status=past_due")
                try await world.pass("due_at = now()")
                try await world.host.eventually("it is known") { try await world.subscription()["status"] == "past_due" }
                #expect(try await world.plan() == "pro")
                try await world.control("set?subscription=\(id)&status=unpaid")
                try await world.pass("due_at = now()")
                try await world.host.eventually("nothing is given any more") { try await world.plan() == "free" }
                #expect(try await world.upgrade("pro").errorCode == "CONFLICT")
                try await world.control("set?subscription=\(id)&status=active")
                try await world.pass("due_at = now()")
                try await world.host.eventually("it was paid") { try await world.plan() == "pro" }
            }
        }

        @Test("a price that is not the plan's is not sold, and a key makes no transaction wait for the provider") func wrongPrice() async throws {
            try await BillingWorld.stripe { world in
                try await world.control("price?plan=pro&amount=5900")
                let answer = try await world.upgrade("pro")
                #expect(answer.errorCode == "CONFLICT" && answer.text.contains("cannot be paid yet"), "\(answer.text)")
                #expect(try await world.subscription()["change_pending"] == false)
                let keyed = try await world.host.request(
                    "POST", "/api/v1/users/upgrade", token: try world.host.token(world.owner),
                    headers: [("content-type", "application/json"), ("idempotency-key", "k")], body: Array(#"{"plan": "enterprise"}"#.utf8))
                #expect(keyed.errorCode == "BAD_REQUEST", "\(keyed.text)")
                #expect(try await world.upgrade("enterprise").json["outcome"] == "checkout")
                let viewer = try await Member.join(world.owner.tenant, number: 7, role: .viewer)
                #expect(try await world.upgrade("pro", by: viewer).errorCode == "FORBIDDEN")
            }
        }
    }
}
