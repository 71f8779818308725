public import Kernel

/// What a change of plan in the middle of a paid period costs: the unused rest of the old plan is given back, the same rest of the new one is charged.
public struct Proration: Sendable, Hashable, Codable {
    /// Minor units that are given back for the old plan.
    public let credit: Int64
    /// Minor units that are charged for the new plan.
    public let charge: Int64
    /// `charge` less `credit`; what is below zero counts towards the next payment.
    public let due: Int64
    public let currency: String
    /// When the plan changes.
    public let effectiveAt: Timestamp
    /// When the next whole payment is due; nil where none is.
    public let nextPaymentAt: Timestamp?

    enum CodingKeys: String, CodingKey {
        case currency
        case credit = "credit_minor"
        case charge = "charge_minor"
        case due = "due_minor"
        case effectiveAt = "effective_at"
        case nextPaymentAt = "next_payment_at"
    }

    /// A change at an instant inside a period, to the second, each part rounded to the nearest minor unit, halves away from zero.
    ///
    /// Without a period the new plan's first one begins now and is charged whole. Plans without a price, or in two currencies, are not reckoned up: nil.
    public init?(from old: PlanOffer, to new: PlanOffer, in period: BillingPeriod?, at now: Timestamp) {
        guard let price = new.price, let before = old.price, old.currency == new.currency || before == 0 else { return nil }
        currency = new.currency
        effectiveAt = now
        guard let period, period.end > now else {
            (credit, charge) = (0, price)
            due = price
            nextPaymentAt = price > 0 ? BillingPeriod(at: now, anchor: now, every: new.interval)?.end : nil
            return
        }
        let whole = (period.end - period.start).components.seconds
        let rest = min(whole, (period.end - now).components.seconds)
        credit = Self.part(before, rest, whole)
        // Another interval begins a period of its own.
        charge = old.interval == new.interval ? Self.part(price, rest, whole) : price
        due = charge - credit
        nextPaymentAt = old.interval == new.interval ? period.end : BillingPeriod(at: now, anchor: now, every: new.interval)?.end
    }

    /// `amount × rest ÷ whole`, in 128 bits, rounded.
    static func part(_ amount: Int64, _ rest: Int64, _ whole: Int64) -> Int64 {
        guard whole > 0, rest > 0 else { return 0 }
        let product = Int128(amount) * Int128(rest)
        let half = Int128(whole) / 2
        return Int64(clamping: (product + (amount < 0 ? -half : half)) / Int128(whole))
    }
}
