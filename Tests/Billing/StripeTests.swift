import Billing
import Kernel
import Testing
import Tokens

@testable import Stripe

@Suite("Stripe's words") struct StripeTests {
    private static let secret = "whsec_standin_secret_1"
    private static let body = Array(#"{"id": "evt_1"}"#.utf8)

    private static func passes(_ header: String?, _ body: [UInt8] = body, secrets: [String] = [secret], at now: Timestamp = Plans.now) -> Bool {
        (try? StripeSignature(secrets: secrets).verify(header, body: body, at: now)) != nil
    }

    @Test func `webhook forgery: only these bytes, under one of the secrets, just now`() {
        let good = StripeSignature.header(Self.body, secret: Self.secret, at: Plans.now)
        #expect(Self.passes(good) && Self.passes(good, secrets: ["whsec_another_secret_2", Self.secret]))
        // More signatures, of other schemes or under the secret before, stand beside it.
        let mac = good.split(separator: "=").last!
        #expect(Self.passes("t=\(Plans.now.seconds),v0=\(mac),v1=\(String(repeating: "0", count: 64)),v1=\(mac)"))
        let bad: [String?] = [
            nil, "", "t=1", "v1=\(mac)", "t=\(Plans.now.seconds)", "t=\(Plans.now.seconds),v0=\(mac)", "t=\(Plans.now.seconds),v1=",
            "t=\(Plans.now.seconds),v1=\(mac.dropLast(2))", "t=\(Plans.now.seconds),v1=\(mac)00", "t=\(Plans.now.seconds + 1),v1=\(mac)",
            "t=+\(Plans.now.seconds),v1=\(mac)", "t=\(Plans.now.seconds),t=\(Plans.now.seconds),v1=\(mac)", "t=\(Plans.now.seconds);v1=\(mac)",
            "t=99999999999999999999,v1=\(mac)", "t=-1,v1=\(mac)", "t,v1=\(mac)", String(repeating: "v1=\(mac),", count: 40) + good,
            StripeSignature.header(Self.body, secret: "whsec_another_secret_2", at: Plans.now),
            StripeSignature.header(Self.body, secret: "", at: Plans.now),
            StripeSignature.header([], secret: Self.secret, at: Plans.now), good.uppercased(),
        ]
        for header in bad { #expect(!Self.passes(header), "\(header ?? "none")") }
        for index in Self.body.indices {
            var changed = Self.body
            changed[index] ^= 1
            #expect(!Self.passes(good, changed))
        }
        #expect(!Self.passes(good, Self.body + [0x20]) && !Self.passes(good, secrets: []))
    }

    @Test func `webhook replay: a signature is good for five minutes either way`() {
        let header = StripeSignature.header(Self.body, secret: Self.secret, at: Plans.now)
        for (seconds, passes) in [(300, true), (301, false), (-300, true), (-301, false), (86_400, false)] as [(Int64, Bool)] {
            #expect(Self.passes(header, at: Plans.now + .seconds(seconds)) == passes, "\(seconds)")
        }
    }

    private static func event(_ object: JSONValue, type: String = "x.y") -> [UInt8] {
        let event: JSONValue = [
            "id": "evt_1", "object": "event", "type": .string(type), "created": 1_700_000_000, "data": ["object": object],
        ]
        return Array(event.description.utf8)
    }

    @Test func `an event is what it is about`() throws {
        let shapes: [(JSONValue, String, String?)] = [
            (["object": "subscription", "id": "sub_1", "customer": "cus_1"], "cus_1", "sub_1"),
            (["object": "subscription", "id": "sub_1", "customer": ["id": "cus_1"]], "cus_1", "sub_1"),
            (["object": "checkout.session", "id": "cs_1", "customer": "cus_1", "subscription": "sub_1"], "cus_1", "sub_1"),
            (["object": "invoice", "id": "in_1", "customer": "cus_1", "subscription": "sub_1"], "cus_1", "sub_1"),
            (["object": "invoice", "customer": "cus_1", "parent": ["subscription_details": ["subscription": "sub_1"]]], "cus_1", "sub_1"),
            (["object": "invoice", "customer": "cus_1", "subscription": .null], "cus_1", nil), (["object": "customer", "id": "cus_1"], "", nil),
            (["object": "never.seen", "id": "x_1", "customer": "cus_1"], "cus_1", nil), (["object": 1, "customer": [1]], "", nil), ([:], "", nil),
            // A name that would lead elsewhere in a path is none.
            (["object": "subscription", "id": "../prices", "customer": "cus_1"], "cus_1", nil),
        ]
        for (object, customer, subscription) in shapes {
            let event = try StripeEvent(Self.event(object))
            #expect(event.customer == customer && event.subscription == subscription, "\(object)")
        }
        for text in [
            "", "{}", "[]", "null", #"{"object": "event"}"#, #"{"object": "event", "id": "", "type": "x", "created": 1, "data": {"object": {}}}"#,
            #"{"object": "event", "id": "e", "type": "x", "created": -1, "data": {"object": {}}}"#,
            #"{"object": "event", "id": "e", "type": "x", "created": 1, "data": {"object": []}}"#, "\u{0}",
        ] {
            #expect(throws: AppError.self, "\(text)") { try StripeEvent(Array(text.utf8)) }
        }
    }

    private static func subscription(_ changes: JSONObject = [:]) -> JSONObject {
        var object: JSONObject = [
            "id": "sub_1", "object": "subscription", "customer": "cus_1", "status": "active", "cancel_at_period_end": false,
            "current_period_start": 1_700_000_000, "current_period_end": 1_702_592_000, "trial_end": .null,
            "items": ["data": [["id": "si_1", "price": ["id": "price_1", "lookup_key": "pro"]]]],
        ]
        for change in changes { object[change.name] = change.value }
        return object
    }

    @Test func `a subscription is read in each version's shape`() throws {
        let report = try #require(ProviderReport(stripe: Self.subscription()))
        #expect(report.plan == "pro" && report.status == .active && report.periodEnd.seconds == 1_702_592_000 && !report.cancelAtPeriodEnd)
        // Since 2025-03-31 the period stands in the item.
        let item: JSONValue = [
            "id": "si_1", "current_period_start": 1_700_000_000, "current_period_end": 1_702_592_000, "price": ["lookup_key": "pro"],
        ]
        var newer = Self.subscription(["items": ["data": [item]]])
        newer["current_period_start"] = nil
        newer["current_period_end"] = nil
        #expect(ProviderReport(stripe: newer) == report)
        let words: [(String, ProviderReport.Status?)] = [
            ("incomplete", .incomplete), ("trialing", .trialing), ("past_due", .pastDue), ("unpaid", .unpaid), ("paused", .unpaid),
            ("canceled", .ended),
            ("incomplete_expired", .ended), ("never_seen", nil),
        ]
        for (word, status) in words { #expect(ProviderReport(stripe: Self.subscription(["status": .string(word)]))?.status == status, "\(word)") }
        #expect(ProviderReport(stripe: Self.subscription(["items": ["data": [item, item]]]))?.plan == nil)
        for name in ["id", "customer", "status", "items", "current_period_end"] {
            #expect(ProviderReport(stripe: Self.subscription([name: .null])) == nil, "\(name)")
        }
    }

    @Test func `an error says what to do, and not what the provider said`() {
        for (status, code) in [
            (402, "PAYMENT_REQUIRED"), (404, "NOT_FOUND"), (400, "CONFLICT"), (409, "CONFLICT"), (401, "UNAVAILABLE"), (403, "UNAVAILABLE"),
            (429, "UNAVAILABLE"), (500, "UNAVAILABLE"), (302, "UNAVAILABLE"),
        ] {
            let error = StripeAPI.error(status, ["code": "card_declined", "message": "secret words", "type": "card_error"])
            #expect(error.code.name == code && !error.message.contains("secret") && error.detail?.contains("card_declined") == true, "\(status)")
        }
    }
}
