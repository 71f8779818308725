import HandlerKit

/// The statements of an upload. $2 is the business, $3 the names of the columns with numbers.
enum UploadsSQL {
    /// Makes the sources that are not there yet, in one order for all so that two uploads cannot wait for each other: $4 an id for each name. Does
    /// nothing where the tenant has no such business.
    static let makeSources = Statement(
        "uploads.make_sources",
        """
        insert into app.kpi_sources (tenant_id, id, business_id, name, type)
        select b.tenant_id, n.id, b.id, n.name, 'upload'
        from app.businesses b
        cross join unnest($3::text[], $4::uuid[]) as n (name, id)
        where b.tenant_id = $1 and b.id = $2
        order by n.name
        on conflict (tenant_id, business_id, name) do nothing
        """, access: .write)

    /// The sources of the names, in their order, locked against others who write to them until the end of the transaction; none where the tenant has no
    /// such business. Locked in one order, as imports and sources that are read do: two that write the same values would wait for each other.
    static let sources = Statement(
        "uploads.sources",
        """
        with locked as (
            select s.id, s.name, n.place
            from app.kpi_sources s
            join unnest($3::text[]) with ordinality as n (name, place) on n.name = s.name
            where s.tenant_id = $1 and s.business_id = $2
            order by s.id
            for no key update of s
        )
        select l.id, l.name from locked l order by l.place
        """, access: .write, plan: .custom)

    /// Stores values: for each its name's place in $4, its time in $5, itself in $6. Answers how many were new or changed, and in how many rows.
    ///
    /// The sources are gathered first, into one row, and only where all of them are there: that leaves the planner no choice that would be slow for
    /// many values, and nothing is stored for a business of somebody else.
    static let store = Statement(
        "uploads.store",
        """
        with stored as (
            insert into app.kpi_data as d (tenant_id, source_id, "timestamp", value)
            select s.tenant_id, s.ids[v.place], v."timestamp", v.value
            from (select s.tenant_id, array_agg(s.id order by n.place) as ids
                  from app.kpi_sources s
                  join unnest($3::text[]) with ordinality as n (name, place) on n.name = s.name
                  where s.tenant_id = $1 and s.business_id = $2
                  group by s.tenant_id
                  having count(*) = cardinality($3::text[])) s
            cross join unnest($4::int[], $5::timestamptz[], $6::float8[]) as v (place, "timestamp", value)
            on conflict (tenant_id, source_id, "timestamp")
            do update set value = excluded.value, import_id = null where d.value is distinct from excluded.value
            returning "timestamp"
        )
        select count(*), count(distinct "timestamp") from stored
        """, access: .write)

    static let all = [makeSources, sources, store, AuditSQL.append, QuotaSQL.consume]
}
