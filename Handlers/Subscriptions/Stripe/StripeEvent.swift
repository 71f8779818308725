public import Kernel

/// What an event is about. What it says is not read: events arrive late, twice and in any order, so the subscription is asked for as it is now.
public struct StripeEvent: Sendable, Hashable {
    public let id: String
    /// For example `customer.subscription.updated`.
    public let kind: String
    public let createdAt: Timestamp
    /// Empty where it is about no customer.
    public let customer: String
    /// Nil where it is about no subscription.
    public let subscription: String?

    /// The most bytes of an event.
    public static let limit = 512 << 10

    /// Throws `BAD_REQUEST` for what is no event. One of a kind, or about an object, that is not known has no subscription.
    public init(_ body: [UInt8]) throws(AppError) {
        let json = try JSON.read(body)
        guard json["object"]?.string == "event", let id = Self.name(json["id"]), let kind = json["type"]?.string, (1...100).contains(kind.utf8.count),
            let created = json["created"]?.integer, (0...32_503_680_000).contains(created), let object = json["data"]?["object"]?.object
        else { throw AppError(.badRequest, "This is no event of the payment provider") }
        self.id = id
        self.kind = kind
        createdAt = Timestamp(seconds: created)
        customer = Self.name(object["customer"]) ?? ""
        subscription =
            switch object["object"]?.string {
            case "subscription": Self.name(object["id"])
            case "checkout.session": Self.name(object["subscription"])
            // Where invoices name it depends on the version of the API.
            case "invoice": Self.name(object["subscription"]) ?? Self.name(object["parent"]?["subscription_details"]?["subscription"])
            default: nil
            }
    }

    /// An id, or that of an object that stands in its place.
    static func name(_ value: JSONValue?) -> String? {
        guard let text = value?.string ?? value?["id"]?.string, (1...255).contains(text.utf8.count),
            text.utf8.allSatisfy({ (48...57).contains($0) || (97...122).contains($0 | 0x20) || $0 == 0x5F })
        else { return nil }
        return text
    }
}
