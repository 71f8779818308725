/// A plan as tenants subscribe to it: what it costs and what it allows. The installation keeps plans in `tenancy.plans`.
public struct PlanOffer: Sendable, Hashable, Codable {
    /// For example `pro`; never changes.
    public let name: String
    public let title: String
    /// Plans stand in this order, the smallest first: a change to a higher position is an upgrade.
    public let position: Int
    public let isPublic: Bool
    /// In the currency's minor unit for each interval; nil where it is agreed on by hand.
    public let price: Int64?
    /// ISO 4217, for example `EUR`.
    public let currency: String
    public let interval: BillingInterval
    /// Days that a tenant may try it, once; 0: none.
    public let trialDays: Int

    /// What a tenant falls back to when nothing is paid any more. It comes with the schema.
    public static let fallback = PlanOffer(name: "free", title: "Free", position: 0, price: 0)

    enum CodingKeys: String, CodingKey {
        case name, title, position, currency
        case isPublic = "is_public"
        case price = "price_minor"
        case interval = "billing_interval"
        case trialDays = "trial_days"
    }

    public init(
        name: String, title: String, position: Int, isPublic: Bool = true, price: Int64?, currency: String = "EUR",
        interval: BillingInterval = .month, trialDays: Int = 0
    ) {
        self.name = name
        self.title = title
        self.position = position
        self.isPublic = isPublic
        self.price = price
        self.currency = currency
        self.interval = interval
        self.trialDays = trialDays
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        title = try container.decode(String.self, forKey: .title)
        position = try container.decode(Int.self, forKey: .position)
        isPublic = try container.decode(Bool.self, forKey: .isPublic)
        price = try container.decodeIfPresent(Int64.self, forKey: .price)
        currency = try container.decodeIfPresent(String.self, forKey: .currency) ?? ""
        interval = try container.decodeIfPresent(BillingInterval.self, forKey: .interval) ?? .month
        trialDays = try container.decodeIfPresent(Int.self, forKey: .trialDays) ?? 0
    }

    /// Whether it can be had without paying.
    public var isFree: Bool { price == 0 }

    /// Whether a change from another plan to this one gives more: by position, and by price where two share one.
    public func isAbove(_ other: PlanOffer) -> Bool {
        position == other.position ? (price ?? .max) > (other.price ?? .max) : position > other.position
    }
}

/// How often a plan is paid.
public enum BillingInterval: String, Sendable, Hashable, Codable, CaseIterable {
    case month, year
}
