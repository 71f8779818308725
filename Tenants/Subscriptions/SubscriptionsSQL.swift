import Postgres

/// Statements of operators on subscriptions.
enum SubscriptionsSQL {
    /// $1: only those that ask for a plan.
    static let list = Statement(
        "subscriptions.list",
        """
        select t.id, t.slug, s.plan, s.status, s.provider, s.period_end, s.trial_end, s.scheduled_plan, s.requested_plan
        from tenancy.subscriptions s join tenancy.tenants t on t.id = s.tenant_id
        where not $1 or s.requested_plan is not null order by t.slug
        """)

    /// $1: slug, or id as text.
    static let show = Statement(
        "subscriptions.show",
        """
        select t.id, t.slug, s.plan, s.status, s.provider, s.period_end, s.trial_end, s.scheduled_plan, s.requested_plan
        from tenancy.subscriptions s join tenancy.tenants t on t.id = s.tenant_id where t.slug = $1 or t.id::text = $1
        """)

    /// $1, $2: slug or id, why.
    static let approve = Statement(
        "subscriptions.approve",
        """
        select tenancy.change_plan(t.id, s.requested_plan, $2, null)
        from tenancy.subscriptions s join tenancy.tenants t on t.id = s.tenant_id
        where (t.slug = $1 or t.id::text = $1) and s.requested_plan is not null
        """, access: .write)

    /// $1: slug, or id as text.
    static let refuse = Statement(
        "subscriptions.refuse",
        """
        update tenancy.subscriptions s set requested_plan = null, revision = s.revision + 1, updated_at = now()
        from tenancy.tenants t
        where t.id = s.tenant_id and (t.slug = $1 or t.id::text = $1) and s.requested_plan is not null
        returning s.tenant_id
        """, access: .write)
}
