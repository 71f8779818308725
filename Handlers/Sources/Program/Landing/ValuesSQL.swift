import HandlerKit

/// The statements by which values of KPIs are stored.
enum ValuesSQL {
    /// Makes the KPIs that are not there yet, in one order for all: $2 business, $3 source; arrays of $4 ids, $5 names, $6 units.
    static let makeSources = Statement(
        "sources.make_kpis",
        """
        insert into app.kpi_sources (tenant_id, id, business_id, name, type, unit, config)
        select b.tenant_id, n.id, b.id, n.name, 'api', n.unit, jsonb_build_object('source_id', $3::uuid)
        from app.businesses b
        cross join unnest($4::uuid[], $5::text[], $6::text[]) as n (id, name, unit)
        where b.tenant_id = $1 and b.id = $2
        order by n.name
        on conflict (tenant_id, business_id, name) do nothing
        """, access: .write)

    /// The KPIs of the business $2 with $3 names in their order, locked against others who write to them until the end of the transaction.
    static let lockSources = Statement(
        "sources.lock_kpis",
        """
        with locked as (
            select s.id, n.place
            from app.kpi_sources s
            join unnest($3::text[]) with ordinality as n (name, place) on n.name = s.name
            where s.tenant_id = $1 and s.business_id = $2
            order by s.id
            for no key update of s
        )
        select l.id from locked l order by l.place
        """, access: .write, plan: .custom)

    /// How many values of $2 KPIs at $3 places in them and $4 times are there.
    static let there = Statement(
        "sources.values_there",
        """
        select count(*) from unnest($3::int[], $4::timestamptz[]) as v (place, "timestamp")
        join app.kpi_data d on d.tenant_id = $1 and d.source_id = ($2::uuid[])[v.place] and d."timestamp" = v."timestamp"
        """, access: .read, plan: .custom)

    /// Stores $5 values. How many are new or differ from what was there. The KPIs are gathered first and only where all of them are the tenant's.
    static let store = Statement(
        "sources.land_values",
        """
        with stored as (
            insert into app.kpi_data as d (tenant_id, source_id, "timestamp", value)
            select s.tenant_id, s.ids[v.place], v."timestamp", v.value
            from (select s.tenant_id, array_agg(s.id order by n.place) as ids
                  from app.kpi_sources s
                  join unnest($2::uuid[]) with ordinality as n (id, place) on n.id = s.id
                  where s.tenant_id = $1
                  group by s.tenant_id
                  having count(*) = cardinality($2::uuid[])) s
            cross join unnest($3::int[], $4::timestamptz[], $5::float8[]) as v (place, "timestamp", value)
            on conflict (tenant_id, source_id, "timestamp") do update set value = excluded.value, metadata = null, import_id = null
            where d.value is distinct from excluded.value
            returning 1
        )
        select count(*) from stored
        """, access: .write)

    static let all = [makeSources, lockSources, there, store]
}
