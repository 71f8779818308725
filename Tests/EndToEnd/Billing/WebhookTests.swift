import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Events of the payment provider, and of those who pretend to be it.
    @Suite("webhooks of Stripe", .testDatabase) struct Webhooks {
        private func handled() async throws -> [String: Int64] {
            let rows = try await TestDatabase.current.query(
                "select coalesce(outcome, 'open'), count(*) from tenancy.billing_events group by 1")
            return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.text(0), try $0.int64(1)) })
        }

        /// A page of tenant 1 that was paid, of which nobody has heard.
        private func paid(_ world: BillingWorld, by member: Member? = nil, plan: String = "pro") async throws -> String {
            let session = try #require(try await world.upgrade(plan, by: member).json["checkout_url"]?.string?.split(separator: "/").last)
            return try #require(try await world.control("pay?session=\(session)")["id"]?.string)
        }

        @Test("webhook forgery: what is not signed, signed by another, changed or old opens nothing and is not noted") func forged() async throws {
            try await BillingWorld.stripe { world in
                _ = try await paid(world)
                for how in ["&secret=whsec_another_secret_2", "&unsigned=1", "&tamper=1", "&age=301", "&age=-301", "&age=86400"] {
                    let statuses = try await world.deliver(how)
                    #expect(statuses.count == 4 && statuses.allSatisfy { $0 == 400 }, "\(how): \(statuses)")
                }
                #expect(try await world.plan() == "free")
                #expect(try await handled().isEmpty)
                let answer = try await world.host.request("POST", "/api/v1/billing/webhooks/stripe", body: Array("{}".utf8))
                #expect(answer.errorCode == "BAD_REQUEST" && !answer.text.contains("v1"), "\(answer.text)")
                // Either of two secrets, while they are rotated; a clock that differs a little.
                #expect(try await world.deliver("&secret=whsec_standin_secret_0&age=200").allSatisfy { $0 == 200 })
                #expect(try await world.plan() == "pro")
            }
        }

        @Test("webhook replay, reordering and duplicates: each event counts once, the newest state in whatever order") func shuffled() async throws {
            try await BillingWorld.stripe { world in
                let id = try await paid(world)
                try await world.control("set?subscription=\(id)&status=past_due")
                try await world.control("set?subscription=\(id)&plan=enterprise&status=active")
                try await world.control("renew?subscription=\(id)")
                let count = try await world.eventCount()
                let statuses = try await world.deliver("&order=reverse&copies=3&parallel=1")
                #expect(statuses.count == count * 3)
                // What meets another one too often is sent again, as Stripe does.
                #expect(statuses.allSatisfy { [200, 503].contains($0) }, "\(statuses)")
                #expect(try await world.deliver("&order=reverse").allSatisfy { $0 == 200 })
                let state = try await world.subscription()
                #expect(state["plan"] == "enterprise" && state["status"] == "active", "\(state)")
                #expect(try await world.changes() == ["free>enterprise"])
                let rows = try await TestDatabase.current.query(
                    "select count(*), min(deliveries), count(handled_at) from tenancy.billing_events")
                #expect(try rows[0].int64(0) == Int64(count) && rows[0].int32(1) >= 4 && rows[0].int64(2) == Int64(count))
                // A replay days later, with a signature of its own, asks nobody anything.
                let asked = try await world.requests("GET", "/v1/subscriptions/").count
                #expect(try await world.deliver().allSatisfy { $0 == 200 })
                #expect(try await world.requests("GET", "/v1/subscriptions/").count == asked)
            }
        }

        @Test("an event of one customer never touches another tenant") func strangers() async throws {
            try await BillingWorld.stripe { world in
                let other = try await BillingWorld.member(2)
                let own = try await world.subscribe("pro")
                let theirs = try await world.subscribe("enterprise", by: other)
                let before = (try await world.subscription(), try await world.subscription(other))
                let customers = try await TestDatabase.current.query(
                    "select customer_id from tenancy.subscriptions where customer_id is not null order by tenant_id"
                ).map { try $0.text(0) }
                try #require(customers.count == 2)
                func event(_ id: String, _ subscription: String, _ customer: String, type: String = "customer.subscription.updated") -> [UInt8] {
                    Array(
                        """
                        {"id": "\(id)", "object": "event", "type": "\(type)", "created": 1700000000,
                         "data": {"object": {"object": "subscription", "id": "\(subscription)", "customer": "\(customer)", "status": "canceled",
                          "metadata": {"tenant_id": "\(world.owner.tenant)"}}}}
                        """.utf8)
                }
                // Signed rightly, and yet: the subscription is the other's, unknown, or of a customer whom nobody knows.
                let cases = [
                    event("evt_a1", theirs, customers[0]), event("evt_a2", own, customers[1]), event("evt_a3", "sub_unknown", customers[0]),
                    event("evt_a4", own, "cus_unknown"), event("evt_a5", own, ""), event("evt_a6", "../customers", customers[0]),
                    event("evt_a7", own, customers[0], type: "never.heard.of"),
                ]
                for body in cases {
                    let answer = try await world.control("raw?port=\(world.host.port)", body: body)
                    #expect(answer["status"] == 200, "\(String(decoding: body, as: UTF8.self))")
                }
                #expect(try await world.subscription() == before.0)
                #expect(try await world.subscription(other) == before.1)
                let outcomes = try await TestDatabase.current.query(
                    "select id, outcome from tenancy.billing_events where id like 'evt_a%' order by id")
                #expect(
                    try outcomes.map { try $0.text(1) }
                        == ["another_customer", "another_customer", "missing", "stranger", "stranger", "ignored", "unchanged"])
                for body in ["", "{", "[]", #"{"object": "event"}"#, #"{"object": "subscription", "id": "x"}"#] {
                    #expect(try await world.control("raw?port=\(world.host.port)", body: Array(body.utf8))["status"] == 400, "\(body)")
                }
                let long = Array(repeating: UInt8(ascii: " "), count: 600 << 10)
                let refused = try await world.host.request("POST", "/api/v1/billing/webhooks/stripe", body: long)
                #expect(refused.status == 413)
                let name = try await world.host.get("/api/v1/billing/webhooks/stripe")
                #expect(name.status == 405)
            }
        }

        @Test("what cannot be asked now is answered 503, and has its effect when it comes again") func later() async throws {
            try await BillingWorld.stripe { world in
                _ = try await paid(world)
                try await world.control("state?fail=1000")
                let statuses = try await world.deliver("&type=customer.subscription")
                #expect(statuses == [503])
                #expect(try await world.plan() == "free")
                try await world.control("state?fail=0")
                #expect(try await world.deliver("&type=customer.subscription") == [200])
                #expect(try await world.plan() == "pro")
            }
        }

        @Test("a price that is no plan's gives nothing, and is no plan's name") func unknownPrice() async throws {
            try await BillingWorld.stripe { world in
                let id = try await world.subscribe("pro")
                try await world.control("set?subscription=\(id)&plan=other_product")
                #expect(try await world.deliver().allSatisfy { $0 == 200 })
                #expect(try await world.plan() == "pro")
                #expect(try await handled()["unknown_price"] == 1)
            }
        }

        @Test("events that come while a change is under way are not lost") func during() async throws {
            try await BillingWorld.stripe { world in
                let id = try await world.subscribe("pro")
                try await world.control("state?hold=/v1/subscriptions")
                async let change = world.upgrade("enterprise")
                try await world.host.eventually("the provider is being asked") { try await world.control("state")["waiting"] == 1 }
                let from = try await world.eventCount()
                try await world.control("set?subscription=\(id)&status=past_due")
                #expect(try await world.deliver("&from=\(from)") == [200])
                #expect(try await handled()["deferred"] == 1)
                #expect(try await world.plan() == "pro")
                try await world.control("state?release=1")
                let done = try await change
                #expect(done.status == 200, "\(done.text)")
                let state = try await world.subscription()
                #expect(state["plan"] == "enterprise" && state["status"] == "past_due", "\(state)")
            }
        }
    }
}
