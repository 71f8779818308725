-- lift force: app.files, app.resumable_parts, app.resumable_uploads
-- What a tenant keeps in files counts against its plan, and uploads in pieces that nobody goes on with are removed for every tenant.
set local role {prefix}_owner;

alter table tenancy.quota_counts drop constraint quota_counts_metric_check, add constraint quota_counts_metric_check
    check (metric in ('kpis', 'rows', 'members', 'stored_bytes', 'uploads', 'forecasts', 'crawl_pages'));

-- Bytes of files, and of the pieces of files that are not whole yet; null: no limit.
alter table tenancy.plans add column stored_bytes bigint check (stored_bytes >= 0);
update tenancy.plans set stored_bytes = 2147483648 where name = 'free';
update tenancy.plans set stored_bytes = 107374182400 where name = 'pro';

create or replace function tenancy.quotas(of_tenant uuid)
    returns table (metric text, quota text, allowed bigint, used bigint, plan text, period_start timestamptz, resets_at timestamptz)
    language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    return query
        select m.metric, m.quota, m.allowed,
            (coalesce((select c.amount from tenancy.quota_counts c
                where c.tenant_id = t.id and c.metric = m.metric and c.period_start = m.period_start), 0)
            + coalesce((select sum(d.amount) from tenancy.quota_deltas d
                where d.tenant_id = t.id and d.metric = m.metric and d.period_start = m.period_start), 0))::bigint,
            t.plan, m.period_start, m.resets_at
        from tenancy.tenants t join tenancy.plans p on p.name = t.plan cross join lateral tenancy.usage_period(t.id) u,
            lateral (values
                ('kpis', 'kpis', p.kpis, '-infinity'::timestamptz, null::timestamptz),
                ('rows', 'rows', p.rows, '-infinity', null),
                ('members', 'members', p.members, '-infinity', null),
                ('stored_bytes', 'stored_bytes', p.stored_bytes, '-infinity', null),
                ('uploads', 'uploads_per_month', p.uploads_per_month, u.period_start, u.period_end),
                ('forecasts', 'forecasts_per_month', p.forecasts_per_month, u.period_start, u.period_end),
                ('crawl_pages', 'crawl_pages_per_month', p.crawl_pages_per_month, u.period_start, u.period_end)
            ) as m (metric, quota, allowed, period_start, resets_at)
        where t.id = of_tenant;
end
$$;

create or replace function tenancy.add_use(of_tenant uuid, of_metric text, period timestamptz, more bigint, resets_at timestamptz) returns void
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
    limited record;
    others bigint;
    own bigint;
begin
    insert into tenancy.quota_deltas (tenant_id, metric, period_start, amount) values (of_tenant, of_metric, period, more);
    if more <= 0 then
        return;
    end if;
    select p.name, case of_metric
            when 'kpis' then p.kpis when 'rows' then p.rows when 'members' then p.members when 'stored_bytes' then p.stored_bytes
            when 'uploads' then p.uploads_per_month
            when 'forecasts' then p.forecasts_per_month when 'crawl_pages' then p.crawl_pages_per_month end as allowed
        into limited from tenancy.tenants t join tenancy.plans p on p.name = t.plan where t.id = of_tenant;
    if limited.allowed is null then
        return;
    end if;
    select coalesce(sum(u.amount) filter (where not u.is_own), 0), coalesce(sum(u.amount) filter (where u.is_own), 0) into others, own
        from (
            select c.amount, false as is_own from tenancy.quota_counts c
            where c.tenant_id = of_tenant and c.metric = of_metric and c.period_start = period
            union all
            select d.amount, d.created_at = now() from tenancy.quota_deltas d
            where d.tenant_id = of_tenant and d.metric = of_metric and d.period_start = period
        ) u;
    if others + own > limited.allowed then
        raise exception using errcode = 'TN402', message = json_build_object(
            'limit', of_metric || case when resets_at is null then '' else '_per_month' end, 'allowed', limited.allowed, 'used', others,
            'plan', limited.name, 'resets_at', resets_at)::text;
    end if;
end
$$;

-- Counts bytes as they come and go. A row that becomes whole counts from then on.
create function tenancy.count_bytes() returns trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    more bigint := case tg_op when 'INSERT' then 0 else -coalesce(old.size, 0) end + case tg_op when 'DELETE' then 0 else coalesce(new.size, 0) end;
begin
    if more <> 0 then
        perform tenancy.add_use(case tg_op when 'DELETE' then old.tenant_id else new.tenant_id end, 'stored_bytes', '-infinity', more, null);
    end if;
    return null;
end
$$;

create trigger quota_bytes after insert or delete or update of size on app.files for each row execute function tenancy.count_bytes();
create trigger quota_bytes after insert or delete or update of size on app.resumable_parts for each row execute function tenancy.count_bytes();

insert into tenancy.quota_counts (tenant_id, metric, period_start, amount)
    select k.tenant_id, 'stored_bytes', '-infinity'::timestamptz, sum(k.size)
    from (select f.tenant_id, f.size from app.files f union all select p.tenant_id, p.size from app.resumable_parts p) k
    where k.size is not null group by k.tenant_id;

-- expire: an upload in pieces that nobody has gone on with.
alter table tenancy.file_work drop constraint file_work_kind_check, add constraint file_work_kind_check
    check (kind in ('read', 'import', 'remove', 'expire'));
insert into tenancy.file_work (tenant_id, kind, id, due_at)
    select u.tenant_id, 'expire', u.id, u.expires_at + interval '1 hour' from app.resumable_uploads u;
