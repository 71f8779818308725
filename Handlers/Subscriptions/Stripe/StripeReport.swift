import Billing
import Kernel

extension ProviderReport {
    /// From a subscription as Stripe shows it. Nil where members are missing that every subscription has.
    ///
    /// Its plan is the `lookup_key` of its one price. Where the period stands depends on the version of the API: in the subscription or in its item.
    init?(stripe object: JSONObject) {
        guard object["object"]?.string == "subscription", let id = StripeEvent.name(object["id"]),
            let customer = StripeEvent.name(object["customer"]), let word = object["status"]?.string, let items = object["items"]?["data"]?.array,
            let item = items.first,
            let start = Self.time(object["current_period_start"] ?? item["current_period_start"]),
            let end = Self.time(object["current_period_end"] ?? item["current_period_end"])
        else { return nil }
        let status: Status
        switch word {
        case "incomplete": status = .incomplete
        case "trialing": status = .trialing
        case "active": status = .active
        case "past_due": status = .pastDue
        case "unpaid", "paused": status = .unpaid
        case "canceled", "incomplete_expired": status = .ended
        default: return nil
        }
        self.init(
            id: id, customer: customer, status: status, plan: items.count == 1 ? item["price"]?["lookup_key"]?.string : nil, periodStart: start,
            periodEnd: end, trialEnd: Self.time(object["trial_end"]), cancelAtPeriodEnd: object["cancel_at_period_end"] == true)
    }

    private static func time(_ value: JSONValue?) -> Timestamp? {
        guard let seconds = value?.integer, (0...32_503_680_000).contains(seconds) else { return nil }
        return Timestamp(seconds: seconds)
    }
}
