import Billing
import HandlerKit

/// The functions of subscriptions. Those for members stand behind the tenant in $1, and are given no other.
enum SubscriptionsSQL {
    static let plans = Statement("subscriptions.plans", "select plan from tenancy.public_plans()", cost: .short)

    static let own = Statement(
        "subscriptions.own", "select state, plan, next_plan from tenancy.own_subscription() where $1::uuid = tenancy.tenant_id()", cost: .short)

    static let offer = Statement(
        "subscriptions.offer", "select plan from tenancy.open_offer($2::text) where $1::uuid = tenancy.tenant_id()", cost: .short)

    static let party = Statement(
        "subscriptions.party", "select name, slug, email from tenancy.billing_party() where $1::uuid = tenancy.tenant_id()", cost: .short)

    /// $2 the revision that was read, $3 the new state, $4 why.
    static let store = Statement(
        "subscriptions.store", "select tenancy.store_subscription($2::int, $3::jsonb, $4::text) where $1::uuid = tenancy.tenant_id()", access: .write)

    static let quotas = Statement(
        "subscriptions.quotas",
        "select quota, allowed, used, resets_at from tenancy.own_quotas() where $1::uuid = tenancy.tenant_id() order by quota", cost: .short)

    /// $2 day or month, $3 and $4 from when until when.
    static let usage = Statement(
        "subscriptions.usage",
        """
        select period_start, invocations, jobs, errors, cpu_us, database_us, rows, database_bytes, request_bytes, answer_bytes
        from tenancy.own_usage($2::text, $3::timestamptz, $4::timestamptz) where $1::uuid = tenancy.tenant_id()
        """)

    static let isPlan = Statement("subscriptions.is_plan", "select tenancy.is_plan($1::text)", cost: .short)

    static let due = Statement("subscriptions.due", "select state, plan, next_plan from tenancy.due_subscriptions($1::int)")

    /// $1 tenant, $2 the revision that was read, $3 the new state, $4 why.
    static let advance = Statement(
        "subscriptions.advance", "select tenancy.advance_subscription($1::uuid, $2::int, $3::jsonb, $4::text)", access: .write)

    static let sweep = Statement("subscriptions.sweep", "select tenancy.sweep_billing_events()", access: .write)

    /// $1 id, $2 kind, $3 when it was made, $4 customer.
    static let receive = Statement(
        "subscriptions.receive", "select tenancy.receive_billing_event($1::text, $2::text, $3::timestamptz, $4::text)", access: .write)

    static let ofCustomer = Statement(
        "subscriptions.of_customer", "select state, plan, next_plan from tenancy.customer_subscription($1::text)", cost: .short)

    /// $1 id, $2 customer, $3 the revision that was read, $4 the new state or null, $5 outcome, $6 why.
    static let settle = Statement(
        "subscriptions.settle",
        "select tenancy.settle_billing_event($1::text, $2::text, $3::int, $4::jsonb, $5::text, $6::text)", access: .write)

    /// $1 how many hours; how many there were.
    static let rollUp = Statement("subscriptions.roll_up_usage", "select tenancy.roll_up_usage($1)", access: .write)

    static let all = [plans, own, offer, party, store, quotas, usage, isPlan, due, advance, sweep, receive, ofCustomer, settle, rollUp]
}

/// A state as the database keeps it, with its plan and the one that it becomes.
struct Standing: Sendable {
    var state: Subscription
    let plan: PlanOffer
    let next: PlanOffer?
    /// The plan with its limits, for answers.
    let planJSON: JSONValue

    init(_ row: Row) throws {
        state = try JSON.decode(Subscription.self, from: JSON.read(try row.json(0)))
        planJSON = try JSON.read(try row.json(1))
        plan = try JSON.decode(PlanOffer.self, from: planJSON)
        next = row.isNull(2) ? nil : try JSON.decode(PlanOffer.self, from: JSON.read(try row.json(2)))
    }
}
