-- lift force: app.data_sources
set local role {prefix}_owner;
drop function jobs.cancel(text, text, boolean);
alter table app.data_sources drop constraint data_sources_one_schedule;
-- Timers make no work of sources any more: what followed one gets its period as its own interval.
update app.data_sources s
    set interval_seconds = case s.timer when 'scrape_news' then 3600 when 'fetch_weather' then 21600 else 86400 end,
        next_run_at = case when s.status = 'active' then coalesce(s.next_run_at, clock_timestamp()) end
    where s.timer is not null;
alter table app.data_sources drop column timer;

-- What is to be done with sources when nobody waits for it. The host claims it and calls the handler for the tenant.
create table tenancy.source_work (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    -- sync: on its schedule; ask: somebody has asked.
    kind text not null check (kind in ('sync', 'ask')),
    id uuid not null,
    due_at timestamptz not null,
    claimed_by uuid,
    claimed_until timestamptz not null default '-infinity',
    -- How often it was begun.
    attempts int not null default 0,
    primary key (tenant_id, kind, id)
);
create index source_work_due on tenancy.source_work (due_at);

-- What runs on a schedule is due when it was, and what somebody asked for at once; their jobs are nobody's now.
insert into tenancy.source_work (tenant_id, kind, id, due_at)
    select s.tenant_id, 'sync', s.id, coalesce(s.next_run_at, clock_timestamp())
    from app.data_sources s where s.status = 'active' and s.interval_seconds is not null;
insert into tenancy.source_work (tenant_id, kind, id, due_at)
    select s.tenant_id, 'ask', s.id, clock_timestamp()
    from app.data_sources s
    where exists (
        select from tenancy.jobs j
        where j.tenant_id = s.tenant_id and j.handler = 'sources' and j.kind = 'sync_source_now' and j.unique_key = s.id::text
            and j.finished_at is null);
update tenancy.jobs j set status = 'cancelled', cancel_requested = true, finished_at = clock_timestamp(), claimed_by = null, claimed_until = null
    where j.handler = 'sources' and j.finished_at is null;

-- For handlers: something of the context's tenant is to be done, from so many seconds on. Asked again it begins anew.
create function tenancy.add_source_work(kind text, id uuid, delay float8) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    insert into tenancy.source_work as w (tenant_id, kind, id, due_at)
        values (tenant, add_source_work.kind, add_source_work.id,
            clock_timestamp() + make_interval(secs => least(greatest(add_source_work.delay, 0), 31536000)))
        on conflict on constraint source_work_pkey
        do update set due_at = excluded.due_at, claimed_by = null, claimed_until = '-infinity', attempts = 0;
    return true;
end
$$;

-- For handlers: it is done, or not to be done any more.
create function tenancy.drop_source_work(kind text, id uuid) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    delete from tenancy.source_work w where w.tenant_id = tenant and w.kind = drop_source_work.kind and w.id = drop_source_work.id;
    return found;
end
$$;

-- For the host: the work that is due longest, the first of each tenant before anybody's second, at most four of a tenant at once.
create function tenancy.claim_source_work(claimer uuid, lease interval, most int)
    returns table (tenant_id uuid, kind text, id uuid, attempt int)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    return query
        with running as (
            select w.tenant_id, count(*) as number from tenancy.source_work w where w.claimed_until > clock_timestamp() group by w.tenant_id
        ), due as (
            select w.tenant_id, w.kind, w.id, w.due_at,
                row_number() over (partition by w.tenant_id order by w.due_at, w.kind, w.id) + coalesce(r.number, 0) as place
            from tenancy.source_work w join tenancy.tenants t on t.id = w.tenant_id left join running r on r.tenant_id = w.tenant_id
            where w.due_at <= clock_timestamp() and w.claimed_until <= clock_timestamp() and t.status = 'active'
        ), chosen as (
            select w.tenant_id, w.kind, w.id
            from tenancy.source_work w join due d on d.tenant_id = w.tenant_id and d.kind = w.kind and d.id = w.id
            where d.place <= 4
            order by d.place, d.due_at limit claim_source_work.most for update of w skip locked
        )
        update tenancy.source_work w
        set claimed_by = claim_source_work.claimer, claimed_until = clock_timestamp() + claim_source_work.lease, attempts = w.attempts + 1
        from chosen c
        where w.tenant_id = c.tenant_id and w.kind = c.kind and w.id = c.id and w.claimed_until <= clock_timestamp()
        returning w.tenant_id, w.kind, w.id, w.attempts;
end
$$;

-- Still at it. False for who has lost the claim, or where the work is gone.
create function tenancy.renew_source_work(tenant uuid, kind text, id uuid, claimer uuid, lease interval) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    update tenancy.source_work w set claimed_until = clock_timestamp() + lease
        where w.tenant_id = tenant and w.kind = renew_source_work.kind and w.id = renew_source_work.id and w.claimed_by = claimer;
    return found;
end
$$;

-- It is done; or, with a delay in seconds, it failed and is tried again then.
create function tenancy.end_source_work(tenant uuid, kind text, id uuid, claimer uuid, again float8) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    if again is null then
        delete from tenancy.source_work w
            where w.tenant_id = tenant and w.kind = end_source_work.kind and w.id = end_source_work.id and w.claimed_by = claimer;
    else
        update tenancy.source_work w
            set claimed_by = null, claimed_until = '-infinity', due_at = clock_timestamp() + make_interval(secs => end_source_work.again)
            where w.tenant_id = tenant and w.kind = end_source_work.kind and w.id = end_source_work.id and w.claimed_by = claimer;
    end if;
    return found;
end
$$;

grant execute on function tenancy.claim_source_work(uuid, interval, int), tenancy.renew_source_work(uuid, text, uuid, uuid, interval),
    tenancy.end_source_work(uuid, text, uuid, uuid, float8) to {prefix}_host;
grant select on tenancy.source_work to {prefix}_admin, {prefix}_backup;
