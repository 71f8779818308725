-- Rules over metrics, where each of them stands, and what became of it.
set local role {prefix}_owner;

create table app.alerts (
    tenant_id uuid not null,
    id uuid not null,
    business_id uuid not null,
    -- Who made it; null for a machine.
    user_id uuid,
    name text not null check (length(name) between 1 and 200),
    severity text not null check (severity in ('info', 'warning', 'critical')),
    -- Metric, comparison and limit of a rule that is one threshold; of any other the type and nulls.
    metric text check (length(metric) between 1 and 200),
    condition text not null check (condition ~ '^[a-z][a-z_]{0,31}$'),
    threshold float8,
    rule jsonb not null check (jsonb_typeof(rule) = 'object' and length(rule::text) <= 32768),
    timing jsonb not null check (jsonb_typeof(timing) = 'object' and length(timing::text) <= 8192),
    -- Who is told: these channels; none: all that are told of everything.
    channel_ids uuid[] not null default '{}' check (cardinality(channel_ids) <= 20),
    escalation jsonb check (jsonb_typeof(escalation) = 'object' and length(escalation::text) <= 8192),
    enabled boolean not null default true,
    -- What the next evaluation must know of the ones before.
    state jsonb not null default '{}',
    phase text not null default 'normal' check (phase in ('normal', 'pending', 'firing')),
    -- What forecasts said of the newest values: reckoned once for a value, not at each evaluation.
    bands jsonb not null default '{}' check (jsonb_typeof(bands) = 'object' and length(bands::text) <= 32768),
    -- The newest moment at which it was evaluated: none counts twice.
    last_slot timestamptz not null default '-infinity',
    revision int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, business_id) references app.businesses (tenant_id, id) on delete cascade
);
create index alerts_business on app.alerts (tenant_id, business_id, id);
select tenancy.protect('app.alerts');

-- Each time that an alert fired. The key is why it fires once.
create table app.alert_firings (
    tenant_id uuid not null,
    alert_id uuid not null,
    number int not null check (number >= 1),
    severity text not null check (severity in ('info', 'warning', 'critical')),
    fired_at timestamptz not null,
    resolved_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by uuid,
    value float8,
    summary text not null check (length(summary) <= 8192),
    primary key (tenant_id, alert_id, number),
    foreign key (tenant_id, alert_id) references app.alerts (tenant_id, id) on delete cascade
);
create index alert_firings_time on app.alert_firings (tenant_id, fired_at);
select tenancy.protect('app.alert_firings');

-- What happened to an alert, one line each.
create table app.alert_events (
    tenant_id uuid not null,
    alert_id uuid not null,
    id uuid not null,
    occurred_at timestamptz not null,
    kind text not null check (kind ~ '^[a-z][a-z_]{0,31}$'),
    firing int,
    user_id uuid,
    details jsonb not null default '{}' check (jsonb_typeof(details) = 'object' and length(details::text) <= 16384),
    primary key (tenant_id, alert_id, id),
    foreign key (tenant_id, alert_id) references app.alerts (tenant_id, id) on delete cascade
);
create index alert_events_time on app.alert_events (tenant_id, occurred_at);
select tenancy.protect('app.alert_events');

-- How far a zone is from UTC within a range of at most 400 days: a row where the range begins, and one for each change. Null: the zone of the context's
-- tenant. No row for a zone that nobody knows. Clocks change at full and half hours.
create function tenancy.zone_offsets(zone text, first timestamptz, last timestamptz) returns table (starts_at timestamptz, seconds int)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    known text := coalesce(zone_offsets.zone, (select t.time_zone from tenancy.tenants t where t.id = tenant));
    start timestamptz := date_bin('30 minutes', zone_offsets.first, timestamptz '2000-01-01Z');
begin
    -- A series from or to infinity has no end.
    if not (isfinite(zone_offsets.first) and isfinite(zone_offsets.last)) then return; end if;
    begin
        perform timezone(known, start);
    exception when invalid_parameter_value then
        return;
    end;
    return query
        select o.s, o.east from (
            select s, extract(epoch from timezone(known, s) - timezone('UTC', s))::int as east,
                lag(extract(epoch from timezone(known, s) - timezone('UTC', s))::int) over (order by s) as before
            from generate_series(start, least(zone_offsets.last, start + interval '400 days'), interval '30 minutes') s) o
        where o.before is distinct from o.east order by o.s;
end
$$;
