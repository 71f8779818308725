import HandlerKit

/// The statements of runs, and of what they end with.
enum RunsSQL {
    /// A run of the source $2 begins: it is the newest from now on. $3 whether somebody has asked for it. None where it stands still, or its time is later.
    static let begin = Statement(
        "sources.begin_run",
        """
        update app.data_sources s set attempt = s.attempt + 1
        where s.tenant_id = $1 and s.id = $2
            and ($3::bool or s.status = 'active' and (s.next_run_at is null or s.next_run_at <= clock_timestamp() + interval '1 second'))
        returning s.attempt
        """, access: .write)

    /// $2 id, $3 source, $4 attempt, $5 what made it run.
    static let make = Statement(
        "sources.make_run",
        """
        insert into app.source_runs (tenant_id, id, source_id, attempt, trigger, started_at)
        select s.tenant_id, $2, s.id, $4, case $5::text when 'manual' then 'manual' when 'push' then 'push' else 'schedule' end, clock_timestamp() from app.data_sources s where s.tenant_id = $1 and s.id = $3
        """, access: .write)

    /// Runs of the source $2 before the attempt $3 that never ended: their process or gateway did. $4 why.
    static let interrupt = Statement(
        "sources.interrupt_runs",
        """
        update app.source_runs r
        set status = case when r.records_new + r.records_changed + r.records_unchanged > 0 then 'partial' else 'failed' end, error = $4,
            finished_at = clock_timestamp()
        where r.tenant_id = $1 and r.source_id = $2 and r.attempt < $3 and r.status = 'running'
        """, access: .write)

    /// Runs of all sources that are older than any can be: nobody is at them. $2 why.
    static let interruptOld = Statement(
        "sources.interrupt_old_runs",
        """
        update app.source_runs r
        set status = case when r.records_new + r.records_changed + r.records_unchanged > 0 then 'partial' else 'failed' end, error = $2,
            finished_at = clock_timestamp()
        where r.tenant_id = $1 and r.status = 'running' and r.started_at < clock_timestamp() - interval '1 hour'
        """, access: .write)

    /// Runs of the source $2 that somebody has stopped.
    static let cancel = Statement(
        "sources.cancel_runs",
        """
        update app.source_runs r set status = 'cancelled', finished_at = clock_timestamp()
        where r.tenant_id = $1 and r.source_id = $2 and r.status = 'running'
        """, access: .write)

    /// Adds to the counts of the run $2 of the source $3 at the attempt $4: $5 requests, $6 of them shared, $7 bytes, $8 records read, $9 refused, $10 the
    /// first refusals, $11 how many refusals are kept at most. None where it is not to go on.
    static let note = Statement(
        "sources.note_page",
        """
        update app.source_runs r
        set requests = r.requests + $5, requests_shared = r.requests_shared + $6, bytes = r.bytes + $7, records_read = r.records_read + $8,
            records_refused = r.records_refused + $9,
            refusals = case when jsonb_array_length(coalesce(r.refusals, '[]')) < $11 then coalesce(r.refusals, '[]') || $10::jsonb else r.refusals end
        from app.data_sources s
        where r.tenant_id = $1 and r.id = $2 and r.status = 'running' and s.tenant_id = $1 and s.id = $3 and r.source_id = s.id and s.attempt = $4
        returning r.id
        """, access: .write)

    /// Adds what was stored: $3 new, $4 changed, $5 unchanged, $6 duplicates.
    static let noteLanded = Statement(
        "sources.note_landed",
        """
        update app.source_runs r
        set records_new = r.records_new + $3, records_changed = r.records_changed + $4, records_unchanged = r.records_unchanged + $5,
            records_duplicate = r.records_duplicate + $6
        where r.tenant_id = $1 and r.id = $2
        """, access: .write)

    /// Where the next run of the source $2 goes on: $3.
    static let setCursor = Statement(
        "sources.set_cursor", "update app.data_sources s set cursor = $3 where s.tenant_id = $1 and s.id = $2", access: .write)

    /// The run $2 ends: $3 failed or not, $4 why. Answers its status; none where it has ended.
    static let end = Statement(
        "sources.end_run",
        """
        update app.source_runs r
        set status = case when not $3::bool then 'succeeded' when r.records_new + r.records_changed + r.records_unchanged + r.records_duplicate > 0
            then 'partial' else 'failed' end, error = $4, finished_at = clock_timestamp()
        where r.tenant_id = $1 and r.id = $2 and r.status = 'running'
        returning r.status
        """, access: .write)

    /// Behind a run of the source $2 at the attempt $3: $4 whether it failed, $5 in how many seconds it runs again, or null. None where somebody else has
    /// begun anew with it.
    static let schedule = Statement(
        "sources.schedule",
        """
        update app.data_sources s
        set failures = case when $4::bool then s.failures + 1 else 0 end,
            next_run_at = case when s.status = 'active' and $5::float8 is not null then clock_timestamp() + make_interval(secs => $5::float8) end
        where s.tenant_id = $1 and s.id = $2 and s.attempt = $3
        returning s.id
        """, access: .write)

    /// In how many seconds the source $2 runs by itself; null: it does not, or a timer says when. Nobody changes that until the transaction ends.
    static let wait = Statement(
        "sources.wait",
        """
        select extract(epoch from s.next_run_at - clock_timestamp())::float8 from app.data_sources s
        where s.tenant_id = $1 and s.id = $2 and s.status = 'active' for update
        """, access: .write)

    /// Runs of the source $2 beyond the newest ones: $3 how many stay.
    static let trim = Statement(
        "sources.trim_runs",
        """
        delete from app.source_runs r
        where r.tenant_id = $1 and r.source_id = $2 and r.status <> 'running' and r.id < (
            select o.id from app.source_runs o where o.tenant_id = $1 and o.source_id = $2 order by o.id desc offset $3 limit 1)
        """, access: .write)
    /// How many runs of a source are kept.
    static let kept: Int64 = 500

    /// $2 source, $3 behind which, $4 how many.
    static let list = Statement(
        "sources.runs",
        """
        select r.id, r.trigger, r.status, r.requests, r.requests_shared, r.bytes, r.records_read, r.records_new, r.records_changed, r.records_unchanged,
            r.records_duplicate, r.records_refused, r.error, r.refusals, r.started_at, r.finished_at
        from app.source_runs r where r.tenant_id = $1 and r.source_id = $2 and r.id < $3
        order by r.id desc limit $4
        """, access: .read)

    static let all = [begin, make, interrupt, interruptOld, cancel, note, noteLanded, setCursor, end, schedule, wait, trim, list]
}
