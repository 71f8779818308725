-- lift force: app.kpi_sources, app.kpi_data
-- Plans, what tenants use of them, and the history of both.
set local role {prefix}_owner;

-- What a tenant may use. A null limit is none. A plan that was agreed with one customer is one more row that is not public.
create table tenancy.plans (
    name text primary key check (name ~ '^[a-z][a-z0-9_]{0,31}$'),
    title text not null check (length(title) between 1 and 100),
    description text not null default '' check (length(description) <= 1000),
    -- The order in which they are shown.
    position int not null default 100,
    is_public boolean not null default false,
    -- Per interval, in minor units of the currency.
    price_minor bigint not null default 0 check (price_minor >= 0),
    currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
    billing_interval text not null default 'month' check (billing_interval in ('month', 'year')),
    trial_days int not null default 0 check (trial_days between 0 and 365),
    calls_per_minute int check (calls_per_minute between 1 and 10000000),
    -- What is there at a time.
    kpis bigint check (kpis >= 0),
    rows bigint check (rows >= 0),
    members bigint check (members >= 1),
    -- What is done in a month.
    uploads_per_month bigint check (uploads_per_month >= 0),
    forecasts_per_month bigint check (forecasts_per_month >= 0),
    crawl_pages_per_month bigint check (crawl_pages_per_month >= 0),
    -- How long old data is kept; null: for ever.
    retention_days int check (retention_days between 1 and 36500),
    -- Members' sessions that were opened without a second factor may only enrol one.
    mfa_required boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

insert into tenancy.plans (name, title, description, position, is_public, price_minor, trial_days, calls_per_minute, kpis, rows, members,
    uploads_per_month, forecasts_per_month, crawl_pages_per_month, retention_days)
values
    ('free', 'Free', 'To get to know it, and for one small business.', 10, true, 0, 0, 300, 50, 100000, 3, 100, 100, 1000, 90),
    ('pro', 'Pro', 'For teams that look at their numbers each day.', 20, true, 4900, 14, 3000, 1000, 10000000, 25, 2000, 10000, 50000, 730),
    ('enterprise', 'Enterprise', 'Without limits.', 30, true, 49900, 0, null, null, null, null, null, null, null, null);

-- Tenants of before keep the plan that they were given, without limits.
insert into tenancy.plans (name, title)
    select distinct t.plan, t.plan from tenancy.tenants t where not exists (select from tenancy.plans p where p.name = t.plan);

alter table tenancy.tenants add foreign key (plan) references tenancy.plans (name);
create index tenants_plan on tenancy.tenants (plan);

create table tenancy.plan_changes (
    id uuid primary key default gen_random_uuid(),
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    old_plan text not null,
    new_plan text not null,
    reason text not null check (length(reason) <= 500),
    -- Null: the installation itself.
    actor uuid,
    changed_at timestamptz not null default clock_timestamp()
);
create index plan_changes_tenant on tenancy.plan_changes (tenant_id, changed_at);

-- What a tenant uses is the sum of its counts and its deltas. A transaction appends a delta, which is there for others with its commit; the host
-- folds deltas into counts. So nobody waits for another writer of the same tenant, and a transaction that is taken back has used nothing.
create table tenancy.quota_counts (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    metric text not null check (metric in ('kpis', 'rows', 'members', 'uploads', 'forecasts', 'crawl_pages')),
    -- The period that it counts for; -infinity for what is there at a time.
    period_start timestamptz not null,
    amount bigint not null,
    primary key (tenant_id, metric, period_start)
);

-- Without a foreign key, whose check would lock the tenant's row for each statement; deltas of a tenant that is gone are dropped when they are folded.
create table tenancy.quota_deltas (
    tenant_id uuid not null,
    metric text not null,
    period_start timestamptz not null default '-infinity',
    amount bigint not null,
    -- When its transaction began: one's own deltas are told from others' by it.
    created_at timestamptz not null default now()
);
create index quota_deltas_key on tenancy.quota_deltas (tenant_id, metric, period_start);

insert into tenancy.quota_counts (tenant_id, metric, period_start, amount)
    select tenant_id, 'kpis', '-infinity'::timestamptz, count(*) from app.kpi_sources group by tenant_id
    union all
    select tenant_id, 'rows', '-infinity', count(*) from app.kpi_data group by tenant_id
    union all
    select tenant_id, 'members', '-infinity', count(*) from tenancy.memberships group by tenant_id;

-- The month of a tenant in which its use is counted: of the calendar, in UTC. Subscriptions put their own here.
create function tenancy.usage_period(of_tenant uuid) returns table (period_start timestamptz, period_end timestamptz)
    language sql stable set search_path = pg_catalog, pg_temp as $$
    select date_trunc('month', now(), 'UTC'), date_trunc('month', now(), 'UTC') + interval '1 month'
$$;

-- Each limit of a tenant's plan beside what is used of it. `quota` is the limit's name in the plan; resets_at is null for what is there at a time.
create function tenancy.quotas(of_tenant uuid)
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

-- Counts that a tenant uses more, or less, of something. SQLSTATE TN402 where that is more than its plan allows; the message is a JSON object that
-- says which limit, how much is used without the caller's transaction, and when it begins anew.
create function tenancy.add_use(of_tenant uuid, of_metric text, period timestamptz, more bigint, resets_at timestamptz) returns void
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

-- Counts rows as they come and go: once a statement, whatever the way in. The argument is the metric.
create function tenancy.count_stock() returns trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    part record;
begin
    for part in select c.tenant_id, count(*) as rows from changed c group by c.tenant_id loop
        perform tenancy.add_use(part.tenant_id, tg_argv[0], '-infinity', case tg_op when 'DELETE' then -part.rows else part.rows end, null);
    end loop;
    return null;
end
$$;

create trigger quota_added after insert on app.kpi_sources referencing new table as changed
    for each statement execute function tenancy.count_stock('kpis');
create trigger quota_removed after delete on app.kpi_sources referencing old table as changed
    for each statement execute function tenancy.count_stock('kpis');
create trigger quota_added after insert on app.kpi_data referencing new table as changed
    for each statement execute function tenancy.count_stock('rows');
create trigger quota_removed after delete on app.kpi_data referencing old table as changed
    for each statement execute function tenancy.count_stock('rows');
create trigger quota_added after insert on tenancy.memberships referencing new table as changed
    for each statement execute function tenancy.count_stock('members');
create trigger quota_removed after delete on tenancy.memberships referencing old table as changed
    for each statement execute function tenancy.count_stock('members');

-- For handlers, in the transaction that does what is counted: the context's tenant uses more of something that is counted by the month. True, or
-- SQLSTATE TN402.
create function tenancy.consume(metric text, amount bigint) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    period record;
begin
    if metric not in ('uploads', 'forecasts', 'crawl_pages') or amount not between 1 and 1000000000 then
        raise exception 'not counted by the month, or not an amount' using errcode = '22023';
    end if;
    select u.period_start, u.period_end into period from tenancy.usage_period(tenant) u;
    perform tenancy.add_use(tenant, consume.metric, period.period_start, consume.amount, period.period_end);
    return true;
end
$$;

-- Moves deltas into the counts, at most so many, and answers how many it took. Any number of gateways may do so at once. Where a tenant's use came to
-- a limit, or left it, the gateways hear of it.
create function tenancy.fold_quotas(most int) returns int
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    part record;
    allowed bigint;
    folded int := 0;
begin
    for part in
        with taken as (
            delete from tenancy.quota_deltas d
            where d.ctid = any (array(select o.ctid from tenancy.quota_deltas o limit most for update skip locked))
            returning d.tenant_id, d.metric, d.period_start, d.amount),
        sums as (
            select s.tenant_id, s.metric, s.period_start, sum(s.amount)::bigint as change, count(*)::int as deltas
            from taken s group by s.tenant_id, s.metric, s.period_start),
        -- In one order, so that two gateways never wait for each other.
        added as (
            insert into tenancy.quota_counts as c (tenant_id, metric, period_start, amount)
            select s.tenant_id, s.metric, s.period_start, s.change from sums s
            where exists (select from tenancy.tenants t where t.id = s.tenant_id)
            order by s.tenant_id, s.metric, s.period_start
            on conflict on constraint quota_counts_pkey do update set amount = c.amount + excluded.amount
            returning c.tenant_id, c.metric, c.period_start, c.amount)
        select s.tenant_id, s.metric, s.period_start, s.change, s.deltas, a.amount
        from sums s left join added a on a.tenant_id = s.tenant_id and a.metric = s.metric and a.period_start = s.period_start
    loop
        folded := folded + part.deltas;
        select q.allowed into allowed from tenancy.quotas(part.tenant_id) q where q.metric = part.metric;
        if (part.amount >= allowed) <> (part.amount - part.change >= allowed) then
            perform pg_notify('tenancy_changed', part.tenant_id::text);
        end if;
    end loop;
    return folded;
end
$$;

-- For the gateway: a tenant's plan, its calls per minute (null: no limit), and its limits that are used up, as the messages of TN402; null where none is.
create function tenancy.standing(of_tenant uuid) returns table (plan text, calls_per_minute int, used_up jsonb)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return query
        select p.name, p.calls_per_minute, (
            select jsonb_agg(jsonb_build_object('limit', q.quota, 'allowed', q.allowed, 'used', q.used, 'plan', q.plan, 'resets_at', q.resets_at))
            from tenancy.quotas(t.id) q where q.used >= q.allowed)
        from tenancy.tenants t join tenancy.plans p on p.name = t.plan where t.id = of_tenant;
end
$$;

-- For handlers: the limits of the context's tenant and what is used of them.
create function tenancy.own_quotas() returns table (metric text, quota text, allowed bigint, used bigint, plan text, resets_at timestamptz)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    return query select q.metric, q.quota, q.allowed, q.used, q.plan, q.resets_at from tenancy.quotas(tenant) q;
end
$$;

-- Invocations that no client asked for, which the others hold too.
alter table tenancy.usage add column jobs bigint not null default 0;
grant update (jobs) on tenancy.usage to {prefix}_host;

-- What a tenant used, by day or by month of UTC: its periods that begin from `since` on and before `until`, the oldest first. `rows` are rows that the
-- database returned or changed for it. SQLSTATE 22023 for another grain.
create function tenancy.usage_history(of_tenant uuid, grain text, since timestamptz, until timestamptz)
    returns table (period_start timestamptz, invocations bigint, jobs bigint, errors bigint, cpu_us bigint, database_us bigint, rows bigint,
        database_bytes bigint, request_bytes bigint, answer_bytes bigint)
    language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    if grain is null or grain not in ('day', 'month') then
        raise exception 'expected day or month' using errcode = '22023';
    end if;
    return query
        select date_trunc(grain, u.hour, 'UTC'), sum(u.invocations)::bigint, sum(u.jobs)::bigint, sum(u.errors)::bigint, sum(u.cpu_us)::bigint,
            sum(u.database_us)::bigint, sum(u.rows)::bigint, sum(u.database_bytes)::bigint, sum(u.request_bytes)::bigint, sum(u.answer_bytes)::bigint
        from tenancy.usage u
        where u.tenant_id = of_tenant and u.hour >= date_trunc(grain, usage_history.since, 'UTC') and u.hour < usage_history.until
        group by 1 order by 1;
end
$$;

-- The same of the context's tenant.
create function tenancy.own_usage(grain text, since timestamptz, until timestamptz)
    returns table (period_start timestamptz, invocations bigint, jobs bigint, errors bigint, cpu_us bigint, database_us bigint, rows bigint,
        database_bytes bigint, request_bytes bigint, answer_bytes bigint)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    return query select * from tenancy.usage_history(tenant, own_usage.grain, own_usage.since, own_usage.until);
end
$$;

-- Whoever sets a plan: one that asks for a second factor asks it of the tenant, whose owners cannot take it back. What it asked for stays when it is left.
create function tenancy.keep_plan_factor() returns trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not new.mfa_required then
        new.mfa_required := coalesce((select p.mfa_required from tenancy.plans p where p.name = new.plan), false);
    end if;
    return new;
end
$$;
create trigger plan_factor before insert or update of plan, mfa_required on tenancy.tenants
    for each row execute function tenancy.keep_plan_factor();

-- Gives a tenant another plan, from the next call on. outcome: changed, same, unknown_tenant, unknown_plan. `actor`: the user who did it; null: the
-- installation. Use that is above the new limits stays; only more of it is refused.
create function tenancy.change_plan(tenant uuid, plan text, reason text, actor uuid) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    present record;
    requires boolean;
begin
    select t.plan, t.mfa_required into present from tenancy.tenants t where t.id = change_plan.tenant for no key update;
    if not found then
        return 'unknown_tenant';
    elsif not exists (select from tenancy.plans p where p.name = change_plan.plan) then
        return 'unknown_plan';
    elsif present.plan = change_plan.plan then
        return 'same';
    end if;
    update tenancy.tenants t set plan = change_plan.plan where t.id = change_plan.tenant returning t.mfa_required into requires;
    insert into tenancy.plan_changes (tenant_id, old_plan, new_plan, reason, actor)
        values (change_plan.tenant, present.plan, change_plan.plan, coalesce(change_plan.reason, ''), change_plan.actor);
    if requires and not present.mfa_required then
        update tenancy.memberships m set epoch = m.epoch + 1 where m.tenant_id = change_plan.tenant;
    end if;
    perform pg_notify('tenancy_changed', change_plan.tenant::text);
    return 'changed';
end
$$;

-- Behind a change of a plan's row: all its tenants take it over. A second factor that is asked for now is asked of everybody's next call.
create function tenancy.spread_plan(plan text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    with fresh as (
        update tenancy.tenants t set mfa_required = true
        from tenancy.plans p where p.name = spread_plan.plan and p.mfa_required and t.plan = p.name and not t.mfa_required
        returning t.id)
    update tenancy.memberships m set epoch = m.epoch + 1 from fresh where m.tenant_id = fresh.id;
    perform pg_notify('tenancy_changed', '*');
end
$$;

-- As in 0017, and `by_plan`: what the plan requires cannot be switched off.
create or replace function tenancy.require_second_factor(is_required boolean) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    asks uuid := tenancy.user_id();
begin
    if not exists (select from tenancy.memberships m where m.tenant_id = tenant and m.user_id = asks and m.role = 'owner') then
        return 'owners_only';
    elsif is_required and not identity.has_second_factor(asks) then
        return 'no_factor';
    elsif not is_required and exists (
        select from tenancy.tenants t join tenancy.plans p on p.name = t.plan where t.id = tenant and p.mfa_required)
    then
        return 'by_plan';
    end if;
    update tenancy.tenants t set mfa_required = is_required where t.id = tenant and t.mfa_required <> is_required;
    if not found then
        return 'same';
    end if;
    if is_required then
        update tenancy.memberships m set epoch = m.epoch + 1 where m.tenant_id = tenant;
    end if;
    perform pg_notify('tenancy_changed', tenant::text);
    return 'changed';
end
$$;

grant execute on function tenancy.fold_quotas(int), tenancy.standing(uuid) to {prefix}_host;
grant select, insert, update on tenancy.plans to {prefix}_admin;
grant select on tenancy.plan_changes to {prefix}_admin;
grant execute on function tenancy.change_plan(uuid, text, text, uuid), tenancy.spread_plan(text) to {prefix}_admin;
grant select on tenancy.plans, tenancy.plan_changes, tenancy.quota_counts, tenancy.quota_deltas to {prefix}_backup;
