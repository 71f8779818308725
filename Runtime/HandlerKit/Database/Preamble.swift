import Postgres

/// What every transaction begins with: the signed context, and limits that end with the transaction.
enum Preamble {
    /// The longest that a write waits for a lock; a deadlock that the database cannot see ends there.
    static let lockTimeout = Duration.seconds(5)

    static let read = Statement(
        "kit.read",
        """
        select tenancy.use($1), set_config('statement_timeout', $2, true), set_config('transaction_read_only', 'on', true), \
        set_config('plan_cache_mode', $3, true)
        """, access: .read, cost: .short)
    static let write = Statement(
        "kit.write",
        """
        select tenancy.use($1), set_config('statement_timeout', $2, true), set_config('lock_timeout', $3, true), \
        set_config('plan_cache_mode', $4, true)
        """, access: .read, cost: .short)
    /// For a transaction that stays open between round trips.
    static let open = Statement(
        "kit.open",
        """
        select tenancy.use($1), set_config('statement_timeout', $2, true), set_config('lock_timeout', $3, true), \
        set_config('idle_in_transaction_session_timeout', $2, true), set_config('transaction_read_only', $4, true), \
        set_config('plan_cache_mode', $5, true)
        """, access: .read, cost: .short)

    /// The first call of a segment.
    static func call(context: String, writes: Bool, customPlan: Bool, remaining: Duration) -> Call {
        let limit = Bind.text(milliseconds(remaining))
        let plan = mode(customPlan)
        return writes
            ? Call(write, [.text(context), limit, .text(milliseconds(min(remaining, lockTimeout))), plan])
            : Call(read, [.text(context), limit, plan])
    }

    /// The first call of each batch in an open transaction. It says anew how statements are planned: what one batch asks for would otherwise hold until
    /// the end of the transaction, and for what the database itself asks, such as the look at a foreign key for each row that is stored.
    static func openCall(context: String, writes: Bool, customPlan: Bool = false, remaining: Duration, lock: Duration = lockTimeout) -> Call {
        Call(
            open,
            [
                .text(context), .text(milliseconds(remaining)), .text(milliseconds(min(remaining, lock))), .text(writes ? "off" : "on"),
                mode(customPlan),
            ])
    }

    private static func mode(_ customPlan: Bool) -> Bind { .text(customPlan ? "force_custom_plan" : "auto") }

    /// Whole milliseconds as a setting takes them: at least 1, because 0 would mean no limit.
    static func milliseconds(_ duration: Duration) -> String {
        String(max(1, min(duration.milliseconds, Int64(Int32.max))))
    }
}
