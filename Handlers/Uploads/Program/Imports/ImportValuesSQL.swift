import HandlerKit

/// The statements by which an import writes values, and by which they are taken back.
enum ImportValuesSQL {
    /// Makes the sources that are not there yet, in one order for all, so that two imports cannot wait for each other: arrays of $2 ids, $3 businesses,
    /// $4 names, $5 units, $6 what each stands for. Does nothing where the tenant has no such business.
    static let makeSources = Statement(
        "imports.make_sources",
        """
        insert into app.kpi_sources (tenant_id, id, business_id, name, type, unit, config)
        select b.tenant_id, n.id, b.id, n.name, 'upload', n.unit, n.config
        from app.businesses b
        join unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::jsonb[]) as n (id, business_id, name, unit, config) on n.business_id = b.id
        where b.tenant_id = $1
        order by n.business_id, n.name
        on conflict (tenant_id, business_id, name) do nothing
        """, access: .write)

    /// The sources of $2 businesses and $3 names in their order, locked against other imports until the end of the transaction; and whether each holds
    /// values already. A business that the tenant has not has none.
    static let lockSources = Statement(
        "imports.lock_sources",
        """
        with locked as (
            select s.id, n.place
            from app.kpi_sources s
            join unnest($2::uuid[], $3::text[]) with ordinality as n (business_id, name, place) on n.business_id = s.business_id and n.name = s.name
            where s.tenant_id = $1
            order by s.id
            for no key update of s
        )
        select l.id, (select true from app.kpi_data d where d.tenant_id = $1 and d.source_id = l.id limit 1) is not null
        from locked l order by l.place
        """, access: .write, plan: .custom)

    /// Notes which sources the import $2 writes to: arrays of $3 ids, $4 whether it made them.
    static let noteSources = Statement(
        "imports.note_sources",
        """
        insert into app.import_sources (tenant_id, import_id, source_id, is_new)
        select i.tenant_id, i.id, n.id, n.is_new
        from app.imports i
        cross join unnest($3::uuid[], $4::bool[]) as n (id, is_new)
        join app.kpi_sources s on s.tenant_id = i.tenant_id and s.id = n.id
        where i.tenant_id = $1 and i.id = $2
        on conflict (tenant_id, import_id, source_id) do nothing
        """, access: .write)

    /// Keeps what the import $2 is about to replace: $3 sources; arrays of $4 places in them, $5 times, $6 values; $7 whether also what stays as it is.
    /// Answers how many values are kept; how many of others are there as they are; how many are its own already, and how many of these differ.
    static let keepReplaced = Statement(
        "imports.keep_replaced",
        """
        with old as (
            select d.source_id, d."timestamp", d.value, d.metadata, d.import_id, d.value is distinct from v.value as differs,
                d.import_id is not distinct from $2 as is_own
            from unnest($4::int[], $5::timestamptz[], $6::float8[]) as v (place, "timestamp", value)
            join app.kpi_data d on d.tenant_id = $1 and d.source_id = ($3::uuid[])[v.place] and d."timestamp" = v."timestamp"
        ), kept as (
            insert into app.import_replaced (tenant_id, import_id, source_id, "timestamp", value, metadata, previous_import_id)
            select $1, $2, o.source_id, o."timestamp", o.value, o.metadata, o.import_id from old o where not o.is_own and (o.differs or $7::bool)
            on conflict (tenant_id, import_id, source_id, "timestamp") do nothing
            returning 1
        )
        select (select count(*) from kept), count(*) filter (where not o.is_own and not o.differs), count(*) filter (where o.is_own),
            count(*) filter (where o.is_own and o.differs)
        from old o
        """, access: .write)

    /// Stores values of the import $2: $3 sources; arrays of $4 places in them, $5 times, $6 values, $7 how many values of the file each stands for; $8
    /// what becomes of one that this import has written before. Answers how many were written.
    ///
    /// The sources are gathered first and only where all of them are the tenant's, see ``UploadsSQL/store``; each is looked up by its key, whatever the
    /// planner takes the tenant's size to be.
    static let store = Statement(
        "imports.store",
        """
        with stored as (
            insert into app.kpi_data as d (tenant_id, source_id, "timestamp", value, metadata, import_id)
            select s.tenant_id, s.ids[v.place], v."timestamp", v.value, case when v.count > 1 and $8::text <> 'last' then jsonb_build_object('values', v.count) end, $2
            from (select s.tenant_id, array_agg(s.id order by n.place) as ids
                  from unnest($3::uuid[]) with ordinality as n (id, place)
                  cross join lateral (select k.tenant_id, k.id from app.kpi_sources k where k.tenant_id = $1 and k.id = n.id limit 1) s
                  group by s.tenant_id
                  having count(*) = cardinality($3::uuid[])) s
            cross join unnest($4::int[], $5::timestamptz[], $6::float8[], $7::bigint[]) as v (place, "timestamp", value, count)
            on conflict (tenant_id, source_id, "timestamp") do update set
                value = case when d.import_id is distinct from excluded.import_id then excluded.value
                    else case $8::text
                        when 'first' then d.value
                        when 'sum' then d.value + excluded.value
                        when 'count' then d.value + excluded.value
                        when 'min' then least(d.value, excluded.value)
                        when 'max' then greatest(d.value, excluded.value)
                        when 'mean' then d.value + (excluded.value - d.value)
                            * coalesce((excluded.metadata ->> 'values')::float8, 1)
                            / (coalesce((d.metadata ->> 'values')::float8, 1) + coalesce((excluded.metadata ->> 'values')::float8, 1))
                        else excluded.value end end,
                metadata = case when $8::text = 'last' or d.import_id is distinct from excluded.import_id then excluded.metadata
                    else jsonb_build_object('values', coalesce((d.metadata ->> 'values')::bigint, 1)
                        + coalesce((excluded.metadata ->> 'values')::bigint, 1)) end,
                import_id = excluded.import_id
            where $8::text <> 'last' or d.value is distinct from excluded.value
            returning 1
        )
        select count(*) from stored
        """, access: .write)

    /// The same where none of the values can be there yet, which spares the database a look and a record of its log for each. Fails with a conflict where
    /// somebody else stores one of them at this moment.
    static let storeNew = Statement(
        "imports.store_new",
        """
        insert into app.kpi_data (tenant_id, source_id, "timestamp", value, metadata, import_id)
        select s.tenant_id, s.ids[v.place], v."timestamp", v.value, case when v.count > 1 and $8::text <> 'last' then jsonb_build_object('values', v.count) end, $2
        from (select s.tenant_id, array_agg(s.id order by n.place) as ids
              from unnest($3::uuid[]) with ordinality as n (id, place)
              cross join lateral (select k.tenant_id, k.id from app.kpi_sources k where k.tenant_id = $1 and k.id = n.id limit 1) s
              group by s.tenant_id
              having count(*) = cardinality($3::uuid[])) s
        cross join unnest($4::int[], $5::timestamptz[], $6::float8[], $7::bigint[]) as v (place, "timestamp", value, count)
        """, access: .write)

    static let all = [makeSources, lockSources, noteSources, keepReplaced, store, storeNew]
}
