public import Billing
public import Kernel

/// Stripe as who takes the payments. A plan is the price whose `lookup_key` is the plan's name, so nothing has to be told twice.
public struct StripeProvider: BillingProvider {
    public let terms = Subscription.Terms(takesPayments: true)
    private let api: StripeAPI
    /// Where browsers come back to.
    private let returnURL: String

    public init(_ api: StripeAPI, returnURL: String) {
        self.api = api
        self.returnURL = returnURL
    }

    public func customer(of tenant: TenantID, _ party: BillingParty, key: String) async throws -> String {
        var form = [("name", String(party.name.prefix(200))), ("metadata[tenant_id]", "\(tenant)"), ("metadata[tenant]", party.slug)]
        if let email = party.email { form.append(("email", email)) }
        let made = try await api.post("/v1/customers", form, key: key)
        return try Self.text(made, "id")
    }

    public func checkout(_ order: CheckoutOrder, key: String) async throws -> CheckoutPage {
        var form = [
            ("mode", "subscription"), ("customer", order.customer), ("client_reference_id", "\(order.tenant)"),
            ("line_items[0][price]", try await price(order.plan.name, matching: order.plan)), ("line_items[0][quantity]", "1"),
            ("subscription_data[metadata][tenant_id]", "\(order.tenant)"), ("success_url", Self.url(returnURL, "done")),
            ("cancel_url", Self.url(returnURL, "canceled")),
        ]
        if let end = order.trialEnd { form.append(("subscription_data[trial_end]", "\(end.seconds)")) }
        let made = try await api.post("/v1/checkout/sessions", form, key: key)
        return CheckoutPage(id: try Self.text(made, "id"), url: try Self.text(made, "url"))
    }

    public func checkout(_ id: String) async throws -> CheckoutState {
        let found: JSONObject
        do {
            found = try await api.get("/v1/checkout/sessions/\(id)")
        } catch let error as AppError where error.code == .notFound { return .expired }
        switch found["status"]?.string {
        case "open": return .open(CheckoutPage(id: id, url: try Self.text(found, "url")))
        case "complete": return .complete(subscription: StripeEvent.name(found["subscription"]))
        default: return .expired
        }
    }

    public func close(checkout id: String) async throws {
        _ = try await api.post("/v1/checkout/sessions/\(id)/expire", [], key: "close-\(id)")
    }

    public func portal(customer: String) async throws -> String {
        // A page is good for minutes and for one person, so each call makes another.
        var random = SystemRandomNumberGenerator()
        let key = "portal-\(random.next())-\(random.next())"
        return try Self.text(
            try await api.post("/v1/billing_portal/sessions", [("customer", customer), ("return_url", returnURL)], key: key), "url")
    }

    public func carryOut(_ order: Step.Order, key: String) async throws {
        switch order {
        case .move(let id, let plan, let prorate, let restoring):
            guard let found = try await subscription(id), let item = StripeEvent.name(found["items"]?["data"]?[0]?["id"]) else {
                throw AppError(.notFound, "The payment provider does not know this subscription")
            }
            if let restoring { try await move(id, item, to: restoring, "none", key: "\(key)-restore") }
            try await move(id, item, to: plan, prorate ? "always_invoice" : "none", key: key)
        case .setCancel(let id, let flag): _ = try await api.post("/v1/subscriptions/\(id)", [("cancel_at_period_end", "\(flag)")], key: key)
        case .end(let id):
            do {
                _ = try await api.delete("/v1/subscriptions/\(id)", [("invoice_now", "true"), ("prorate", "true")], key: key)
            } catch let error as AppError where error.code == .notFound {}
        case .nothing, .checkout, .refresh: throw AppError(.internalError, detail: "\(order) is no order on a subscription")
        }
    }

    public func forget(customer: String) async throws {
        do {
            _ = try await api.delete("/v1/customers/\(customer)", [], key: "forget-\(customer)")
        } catch let error as AppError where error.code == .notFound {}
    }

    public func report(_ id: String) async throws -> ProviderReport? {
        guard let found = try await subscription(id) else { return nil }
        guard let report = ProviderReport(stripe: found) else {
            throw AppError(.unavailable, "The payment provider's answer cannot be read", detail: "Stripe: subscription \(id) is not in a known shape")
        }
        return report
    }

    /// `error_if_incomplete`: a payment that fails leaves everything as it was.
    private func move(_ id: String, _ item: String, to plan: String, _ proration: String, key: String) async throws {
        let form = [
            ("items[0][id]", item), ("items[0][price]", try await price(plan)), ("proration_behavior", proration), ("cancel_at_period_end", "false"),
            ("payment_behavior", "error_if_incomplete"),
        ]
        _ = try await api.post("/v1/subscriptions/\(id)", form, key: key)
    }

    private func subscription(_ id: String) async throws -> JSONObject? {
        do {
            return try await api.get("/v1/subscriptions/\(id)")
        } catch let error as AppError where error.code == .notFound { return nil }
    }

    /// The price of a plan. Where it is not the one that members are shown, nothing is sold.
    private func price(_ plan: String, matching offer: PlanOffer? = nil) async throws -> String {
        let found = try await api.get("/v1/prices", [("lookup_keys[]", plan), ("active", "true"), ("limit", "1")])
        guard let price = found["data"]?[0], let id = StripeEvent.name(price["id"]) else {
            throw Self.unsold(plan, "no price has the lookup_key \(plan)")
        }
        if let offer {
            guard price["unit_amount"]?.integer == offer.price, price["currency"]?.string == offer.currency.lowercased(),
                price["recurring"]?["interval"]?.string == offer.interval.rawValue
            else {
                throw Self.unsold(plan, "the price \(id) is not that of the plan \(plan)")
            }
        }
        return id
    }

    private static func unsold(_ plan: String, _ detail: String) -> AppError {
        AppError(.conflict, "The plan \(plan) cannot be paid yet; ask whoever runs this installation", detail: "Stripe: \(detail)")
    }

    private static func text(_ object: JSONObject, _ name: String) throws(AppError) -> String {
        guard let text = object[name]?.string, !text.isEmpty else {
            throw AppError(.unavailable, "The payment provider's answer cannot be read", detail: "Stripe: no \(name)")
        }
        return text
    }

    private static func url(_ base: String, _ outcome: String) -> String { base + (base.contains("?") ? "&" : "?") + "checkout=\(outcome)" }
}
