public import Kernel

/// Nobody who could be asked: the installation's operators take payments outside, and change plans by hand.
public struct ManualProvider: BillingProvider {
    public let terms: Subscription.Terms

    public init(_ rule: Subscription.ManualRule) { terms = Subscription.Terms(takesPayments: false, manual: rule) }

    public func customer(of tenant: TenantID, _ party: BillingParty, key: String) async throws -> String { throw Self.nobody }
    public func checkout(_ order: CheckoutOrder, key: String) async throws -> CheckoutPage { throw Self.nobody }
    public func checkout(_ id: String) async throws -> CheckoutState { throw Self.nobody }
    public func close(checkout id: String) async throws { throw Self.nobody }
    public func portal(customer: String) async throws -> String { throw Self.nobody }
    public func forget(customer: String) async throws { throw Self.nobody }
    public func carryOut(_ order: Step.Order, key: String) async throws { throw Self.nobody }
    public func report(_ subscription: String) async throws -> ProviderReport? { throw Self.nobody }

    /// What is thrown where a payment would have to be taken.
    public static let nobody = AppError(.conflict, "Payments are taken by hand here; ask whoever runs this installation")
}
