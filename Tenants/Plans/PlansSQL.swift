import Postgres

/// Statements on plans and on what tenants use of them.
enum PlansSQL {
    /// In the order of ``Plans``' rows.
    static let list = Statement(
        "plans.list",
        """
        select name, title, description, position, is_public, price_minor, currency, billing_interval, trial_days, calls_per_minute, kpis, rows,
            members, uploads_per_month, forecasts_per_month, crawl_pages_per_month, retention_days, mfa_required, stored_bytes, queued_jobs
        from tenancy.plans order by position, name
        """)

    /// $1…$20: the columns of ``list``.
    static let create = Statement(
        "plans.create",
        """
        insert into tenancy.plans (name, title, description, position, is_public, price_minor, currency, billing_interval, trial_days,
            calls_per_minute, kpis, rows, members, uploads_per_month, forecasts_per_month, crawl_pages_per_month, retention_days, mfa_required,
            stored_bytes, queued_jobs)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
        """, access: .write)

    /// $1 the name, $2…$20 what takes the place of the other columns of ``list``. The name, where there is such a plan.
    static let change = Statement(
        "plans.change",
        """
        update tenancy.plans set title = $2, description = $3, position = $4, is_public = $5, price_minor = $6, currency = $7, billing_interval = $8,
            trial_days = $9, calls_per_minute = $10, kpis = $11, rows = $12, members = $13, uploads_per_month = $14, forecasts_per_month = $15,
            crawl_pages_per_month = $16, retention_days = $17, mfa_required = $18, stored_bytes = $19, queued_jobs = $20,
            updated_at = now()
        where name = $1 returning name
        """, access: .write)

    /// $1: the name of a plan that was changed.
    static let spread = Statement("plans.spread", "select tenancy.spread_plan($1)", access: .write)

    /// $1…$3: tenant, plan, reason.
    static let set = Statement("plans.set", "select tenancy.change_plan($1, $2, $3, null)", access: .write)

    /// $1: tenant.
    static let quotas = Statement("plans.quotas", "select metric, quota, allowed, used, plan, resets_at from tenancy.quotas($1)")

    /// $1…$4: tenant, day or month, from when, before when.
    static let history = Statement(
        "plans.history",
        """
        select period_start, invocations, jobs, errors, cpu_us, database_us, rows, database_bytes, request_bytes, answer_bytes
        from tenancy.usage_history($1, $2, $3, $4)
        """)
}
