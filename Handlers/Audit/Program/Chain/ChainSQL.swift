import HandlerKit

/// How the chain is read and made longer. Nothing here changes or removes a row.
enum ChainSQL {
    /// The newest seal, nulls where there is none, and the database's time.
    static let head = Statement(
        "audit.head",
        """
        select s.number, s.key_id, s.previous_hash, s.entries_hash, s.first_position, s.entry_count, s.sealed_at, s.hash, now()
        from (select 1) one
        left join (
            select * from app.audit_seals where tenant_id = $1 order by number desc limit 1) s on true
        """, access: .read)

    /// Entries in no batch, the oldest first: $2 the first instant, $3 how many.
    static let open = Statement(
        "audit.open",
        """
        select e.id, e.occurred_at, e.user_id, e.role, e.session_id, e.api_key_id, e.action, e.target_type, e.target_id, e.handler, e.address,
            e.user_agent, e.request_id, e.details
        from app.audit_log e
        where e.tenant_id = $1 and e.occurred_at >= $2
            and not exists (select 1 from app.audit_positions p where p.tenant_id = $1 and p.entry_id = e.id)
        order by e.occurred_at, e.id
        limit $3
        """, access: .read, plan: .custom)

    /// A seal ($2…$9) with the places of its entries ($10 ids, $11 hashes as hexadecimal text): all of it, or nothing where the number is taken.
    static let seal = Statement(
        "audit.seal",
        """
        with made as (
            insert into app.audit_seals
                (tenant_id, number, key_id, previous_hash, entries_hash, first_position, entry_count, sealed_at, hash)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict do nothing
            returning first_position)
        insert into app.audit_positions (tenant_id, position, entry_id, entry_hash)
        select $1, made.first_position + e.place - 1, e.id, decode(e.hash, 'hex')
        from made, unnest($10::uuid[], $11::text[]) with ordinality as e (id, hash, place)
        """, access: .write)

    /// Seals in their order: $2 the number behind which to begin, $3 the last number, $4 how many.
    static let seals = Statement(
        "audit.seals",
        """
        select number, key_id, previous_hash, entries_hash, first_position, entry_count, sealed_at, hash
        from app.audit_seals
        where tenant_id = $1 and number > $2 and number <= $3
        order by number
        limit $4
        """, access: .read)

    /// The places from $2 to before $3 with what stands there; nulls where an entry is gone.
    static let places = Statement(
        "audit.places",
        """
        select p.position, p.entry_id, p.entry_hash, e.id, e.occurred_at, e.user_id, e.role, e.session_id, e.api_key_id, e.action, e.target_type,
            e.target_id, e.handler, e.address, e.user_agent, e.request_id, e.details
        from app.audit_positions p
        left join app.audit_log e on e.tenant_id = $1 and e.id = p.entry_id
        where p.tenant_id = $1 and p.position >= $2 and p.position < $3
        order by p.position
        """, access: .read, plan: .custom)

    /// The first place that no seal covers; null where there is none.
    static let uncovered = Statement(
        "audit.uncovered",
        """
        select min(p.position)
        from app.audit_positions p
        where p.tenant_id = $1 and p.position >= coalesce(
            (select s.first_position + s.entry_count from app.audit_seals s where s.tenant_id = $1 order by s.number desc limit 1), 1)
        """, access: .read)

    /// Entries in no batch though they are older than $2: at most $3 ids.
    static let inserted = Statement(
        "audit.inserted",
        """
        select e.id
        from app.audit_log e
        where e.tenant_id = $1 and e.occurred_at < $2
            and not exists (select 1 from app.audit_positions p where p.tenant_id = $1 and p.entry_id = e.id)
        order by e.occurred_at, e.id
        limit $3
        """, access: .read, plan: .custom)

    static let all = [head, open, seal, seals, places, uncovered, inserted]
}
