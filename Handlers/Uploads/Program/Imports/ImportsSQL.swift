import HandlerKit

/// The statements about imports. Rows are those of ``ImportRecord``.
enum ImportsSQL {
    /// $2 id, $3 file, $4 user, $5 whether it only looks, $6 mapping. None where the tenant has no such file.
    static let begin = Statement(
        "imports.begin",
        """
        with tick as (
            insert into app.file_clock as c (tenant_id, position) values ($1, 1)
            on conflict (tenant_id) do update set position = c.position + 1
            returning c.position
        )
        insert into app.imports as i (tenant_id, id, file_id, file_name, user_id, dry_run, mapping, position)
        select f.tenant_id, $2, f.id, f.name, $4, $5, $6, tick.position
        from app.files f cross join tick
        where f.tenant_id = $1 and f.id = $3 and f.size is not null
        returning i.id, i.file_id, i.file_name, i.status, i.dry_run, i.mapping, i.error, i.result, i.user_id, i.created_at, i.updated_at
        """, access: .write)

    static let show = Statement(
        "imports.show",
        """
        select i.id, i.file_id, i.file_name, i.status, i.dry_run, i.mapping, i.error, i.result, i.user_id, i.created_at, i.updated_at
        from app.imports i where i.tenant_id = $1 and i.id = $2
        """, access: .read)

    /// $2 behind which, $3 of which file or all, $4 how many.
    static let list = Statement(
        "imports.list",
        """
        select i.id, i.file_id, i.file_name, i.status, i.dry_run, i.mapping, i.error, i.result, i.user_id, i.created_at, i.updated_at
        from app.imports i
        where i.tenant_id = $1 and i.id < $2 and ($3::uuid is null or i.file_id = $3)
        order by i.id desc limit $4
        """, access: .read)

    /// Somebody begins with $2. None where it is over.
    static let run = Statement(
        "imports.run",
        """
        with tick as (
            insert into app.file_clock as c (tenant_id, position) values ($1, 1)
            on conflict (tenant_id) do update set position = c.position + 1
            returning c.position
        )
        update app.imports i
        set status = 'processing', attempt = i.attempt + 1, position = tick.position, updated_at = clock_timestamp()
        from tick
        where i.tenant_id = $1 and i.id = $2 and i.status in ('pending', 'processing')
        returning i.attempt, i.file_id, i.dry_run, i.mapping, i.cancel_requested
        """, access: .write)

    /// Whether $2 is to go on: $3 is its newest attempt, and nobody has asked it to stop.
    static let goesOn = Statement(
        "imports.goes_on",
        """
        select 1 from app.imports i
        where i.tenant_id = $1 and i.id = $2 and i.attempt = $3 and i.status = 'processing' and not i.cancel_requested
        """, access: .read)

    /// $3 the attempt, $4 completed, failed or cancelled, $5 why, $6 the result. None where somebody else has begun anew, or where one that is completed
    /// was to be cancelled.
    static let end = Statement(
        "imports.end",
        """
        with tick as (
            insert into app.file_clock as c (tenant_id, position) values ($1, 1)
            on conflict (tenant_id) do update set position = c.position + 1
            returning c.position
        )
        update app.imports i set status = $4, error = $5, result = $6, position = tick.position, updated_at = clock_timestamp()
        from tick where i.tenant_id = $1 and i.id = $2 and i.attempt = $3 and i.status = 'processing'
            and not (i.cancel_requested and $4 = 'completed')
        returning i.id
        """, access: .write)

    /// One that nobody works on is cancelled at once; one that runs is asked to stop.
    static let cancel = Statement(
        "imports.cancel",
        """
        with tick as (
            insert into app.file_clock as c (tenant_id, position) values ($1, 1)
            on conflict (tenant_id) do update set position = c.position + 1
            returning c.position
        )
        update app.imports i
        set status = case i.status when 'pending' then 'cancelled' else i.status end, cancel_requested = true, position = tick.position,
            updated_at = clock_timestamp()
        from tick where i.tenant_id = $1 and i.id = $2 and i.status in ('pending', 'processing')
        returning i.id, i.file_id, i.file_name, i.status, i.dry_run, i.mapping, i.error, i.result, i.user_id, i.created_at, i.updated_at
        """, access: .write)

    /// Refused rows: arrays of $3 numbers, $4 rows, $5 lines, $6 columns, $7 reasons, $8 fields as JSON.
    static let refuse = Statement(
        "imports.refuse",
        """
        insert into app.import_refusals (tenant_id, import_id, number, row, line, field, reason, fields)
        select i.tenant_id, i.id, r.number, r.row, r.line, r.field, r.reason, r.fields
        from app.imports i
        cross join unnest($3::int[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::jsonb[]) as r (number, row, line, field, reason, fields)
        where i.tenant_id = $1 and i.id = $2
        on conflict (tenant_id, import_id, number) do nothing
        """, access: .write)

    /// $2 the import, $3 behind which number, $4 how many.
    static let refusals = Statement(
        "imports.refusals",
        """
        select r.number, r.row, r.line, r.field, r.reason, r.fields
        from app.import_refusals r
        where r.tenant_id = $1 and r.import_id = $2 and r.number > $3
        order by r.number limit $4
        """, access: .read)

    /// How many of the businesses $2 the tenant has.
    static let businesses = Statement(
        "imports.businesses", "select count(*) from app.businesses b where b.tenant_id = $1 and b.id = any ($2::uuid[])", access: .read)

    static let all = [businesses, begin, show, list, run, goesOn, end, cancel, refuse, refusals]
}
