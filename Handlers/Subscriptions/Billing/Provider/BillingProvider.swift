public import Kernel

/// Who takes the payments: the seam between what a subscription means here and whoever charges for it.
///
/// Nothing of it may be called while a transaction is open. An error of the code `CONFLICT`, `PAYMENT_REQUIRED` or `NOT_FOUND` says that nothing was
/// changed there; after any other nobody knows.
public protocol BillingProvider: Sendable {
    /// What changes are asked under.
    var terms: Subscription.Terms { get }

    /// A name for a tenant at the provider. `key` names the request: the same twice makes one customer.
    func customer(of tenant: TenantID, _ party: BillingParty, key: String) async throws -> String

    /// A page on which the first payment is made. `key` names the request: the same twice makes one page.
    func checkout(_ order: CheckoutOrder, key: String) async throws -> CheckoutPage

    /// What became of such a page.
    func checkout(_ id: String) async throws -> CheckoutState

    /// Closes a page, so that nobody pays there any more. Throws `CONFLICT` where somebody has.
    func close(checkout id: String) async throws

    /// A page on which means of payment are changed and bills are read.
    func portal(customer: String) async throws -> String

    /// Carries out an order on a subscription that is charged for already; the same order again changes nothing.
    func carryOut(_ order: Step.Order, key: String) async throws

    /// Ends all that a customer subscribes to, and forgets who it is. Nothing happens where there is none of that name.
    func forget(customer: String) async throws

    /// What there is to know of a subscription. Nil where there is none of that name.
    func report(_ subscription: String) async throws -> ProviderReport?
}

/// Who is billed.
public struct BillingParty: Sendable, Hashable {
    public let name: String
    public let slug: String
    /// Of the member who asked first.
    public let email: String?

    public init(name: String, slug: String, email: String?) {
        self.name = name
        self.slug = slug
        self.email = email
    }
}

/// What is to be paid on a page.
public struct CheckoutOrder: Sendable, Hashable {
    public let tenant: TenantID
    public let customer: String
    public let plan: PlanOffer
    /// Nothing is charged before.
    public let trialEnd: Timestamp?

    public init(tenant: TenantID, customer: String, plan: PlanOffer, trialEnd: Timestamp?) {
        self.tenant = tenant
        self.customer = customer
        self.plan = plan
        self.trialEnd = trialEnd
    }
}

public struct CheckoutPage: Sendable, Hashable {
    public let id: String
    public let url: String

    public init(id: String, url: String) {
        self.id = id
        self.url = url
    }
}

public enum CheckoutState: Sendable, Hashable {
    case open(CheckoutPage)
    /// Paid; the subscription that it made.
    case complete(subscription: String?)
    case expired
}
