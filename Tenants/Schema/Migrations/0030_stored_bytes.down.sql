set local role {prefix}_owner;
delete from tenancy.file_work where kind = 'expire';
alter table tenancy.file_work drop constraint file_work_kind_check, add constraint file_work_kind_check check (kind in ('read', 'import', 'remove'));
drop trigger quota_bytes on app.files;
drop trigger quota_bytes on app.resumable_parts;
drop function tenancy.count_bytes();

-- As they were in 0021.
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
            when 'kpis' then p.kpis when 'rows' then p.rows when 'members' then p.members when 'uploads' then p.uploads_per_month
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

delete from tenancy.quota_counts where metric = 'stored_bytes';
delete from tenancy.quota_deltas where metric = 'stored_bytes';
alter table tenancy.quota_counts drop constraint quota_counts_metric_check, add constraint quota_counts_metric_check
    check (metric in ('kpis', 'rows', 'members', 'uploads', 'forecasts', 'crawl_pages'));
alter table tenancy.plans drop column stored_bytes;
