-- What news say is kept beside them, by a job that the transaction makes which lands them. What plans keep no longer, addresses of old sign-ins and old
-- hours of usage are cleaned up by timers.
set local role {prefix}_owner;

alter table app.news_articles
    -- The likeliest of three; null where the text is not in a language that is read.
    add column sentiment_label text check (sentiment_label in ('neg', 'neu', 'pos')),
    -- [{"kind", "text", "confidence", "amount", "code", "day"}]
    add column entities jsonb check (length(entities::text) <= 65536),
    -- [{"topic", "share"}]
    add column topics jsonb check (length(topics::text) <= 4096),
    -- Null until somebody has read it.
    add column scored_at timestamptz;
create index news_articles_unscored on app.news_articles (tenant_id, published_at, id) where scored_at is null;

-- Makes a job for a tenant, of any handler, a second from now; none where one waits already. That one cannot begin before this transaction ends, and so
-- sees what it did; one that runs may have looked before, and does not count.
create function tenancy.want_job(tenant uuid, handler text, kind text) returns void
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
    job uuid := tenancy.uuid_v7();
begin
    perform from tenancy.jobs j
        where j.tenant_id = want_job.tenant and j.handler = want_job.handler and j.kind = want_job.kind and j.unique_key is not null
            and j.finished_at is null and j.status in ('scheduled', 'waiting', 'paused')
        for share;
    if not found then
        insert into tenancy.jobs (tenant_id, id, handler, kind, status, due_at, max_attempts, unique_key)
            values (want_job.tenant, job, want_job.handler, want_job.kind, 'scheduled', clock_timestamp() + interval '1 second', 5, job::text);
    end if;
end
$$;

create function tenancy.news_landed() returns trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    part record;
begin
    for part in select distinct c.tenant_id from changed c where c.scored_at is null loop
        perform tenancy.want_job(part.tenant_id, 'articles', 'score_news');
    end loop;
    return null;
end
$$;
create trigger news_landed after insert on app.news_articles referencing new table as changed
    for each statement execute function tenancy.news_landed();

-- For handlers: before which instant the plan of the context's tenant keeps nothing; null where it keeps everything, or the tenant is on hold.
create function tenancy.own_retention() returns timestamptz
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    return (
        select now() - p.retention_days * interval '1 day' from tenancy.tenants t join tenancy.plans p on p.name = t.plan
        where t.id = tenant and t.status <> 'deleting' and not t.legal_hold);
end
$$;

-- For handlers: takes address and program out of at most so many events of sign-in of the context's tenant that are older than a year; what happened,
-- when and to whom stays. How many; none while the tenant is on hold.
create function identity.anonymize_old_events(most int) returns bigint
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    count bigint;
begin
    with old as (
        select e.id from identity.security_events e join tenancy.tenants t on t.id = e.tenant_id
        where e.tenant_id = tenant and not t.legal_hold and e.occurred_at < now() - interval '1 year' and (e.address <> '' or e.user_agent <> '')
        limit anonymize_old_events.most for update of e skip locked
    )
    update identity.security_events e set address = '', user_agent = '' from old o where e.id = o.id;
    get diagnostics count = row_count;
    return count;
end
$$;

create index usage_hour on tenancy.usage (hour) where extract(hour from hour at time zone 'UTC') <> 0;

-- For a handler's system context: adds hours of usage of more than 90 days ago up to days, at most so many hours, and answers how many there were.
create function tenancy.roll_up_usage(most int) returns bigint
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    taken bigint;
begin
    perform tenancy.require_system();
    with old as (
        select u.tenant_id, u.handler, u.hour from tenancy.usage u
        where u.hour < date_trunc('day', now() - interval '90 days', 'UTC') and extract(hour from u.hour at time zone 'UTC') <> 0
        order by u.hour limit roll_up_usage.most for update skip locked
    ), gone as (
        delete from tenancy.usage u using old o where u.tenant_id = o.tenant_id and u.handler = o.handler and u.hour = o.hour returning u.*
    ), days as (
        insert into tenancy.usage as u (tenant_id, handler, hour, invocations, errors, cpu_us, database_us, rows, database_bytes, request_bytes,
            answer_bytes, jobs)
        select g.tenant_id, g.handler, date_trunc('day', g.hour, 'UTC'), sum(g.invocations), sum(g.errors), sum(g.cpu_us), sum(g.database_us),
            sum(g.rows), sum(g.database_bytes), sum(g.request_bytes), sum(g.answer_bytes), sum(g.jobs)
        from gone g group by 1, 2, 3 order by 1, 2, 3
        on conflict on constraint usage_pkey do update set
            invocations = u.invocations + excluded.invocations, errors = u.errors + excluded.errors, cpu_us = u.cpu_us + excluded.cpu_us,
            database_us = u.database_us + excluded.database_us, rows = u.rows + excluded.rows,
            database_bytes = u.database_bytes + excluded.database_bytes, request_bytes = u.request_bytes + excluded.request_bytes,
            answer_bytes = u.answer_bytes + excluded.answer_bytes, jobs = u.jobs + excluded.jobs
        returning 1
    )
    select count(*) into taken from gone;
    return taken;
end
$$;
