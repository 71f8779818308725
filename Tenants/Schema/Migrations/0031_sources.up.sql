-- Sources that keep data fresh by themselves: what is pulled from where, how each run went, and what it brought.
set local role {prefix}_owner;

create table app.data_sources (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    id uuid not null,
    business_id uuid not null,
    name text not null check (length(name) between 1 and 200),
    -- The connector's name.
    type text not null check (type ~ '^[a-z][a-z0-9_]{0,31}$'),
    config jsonb not null check (jsonb_typeof(config) = 'object' and length(config::text) <= 65536),
    -- Sealed with the tenant's data key; null where it has none.
    credentials bytea check (length(credentials) <= 65536),
    status text not null default 'paused' check (status in ('active', 'paused')),
    -- Seconds from one run to the next; null: it runs when somebody asks.
    interval_seconds int check (interval_seconds > 0),
    next_run_at timestamptz,
    -- Where the next run goes on.
    cursor jsonb check (length(cursor::text) <= 65536),
    -- Runs in a row that brought nothing.
    failures int not null default 0,
    -- Counts runs: who is not the newest any more may write nothing.
    attempt int not null default 0,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, business_id, name),
    foreign key (tenant_id, business_id) references app.businesses (tenant_id, id) on delete cascade
);
select tenancy.protect('app.data_sources');

-- One run of a source, or one push to it.
create table app.source_runs (
    tenant_id uuid not null,
    id uuid not null,
    source_id uuid not null,
    attempt int not null,
    trigger text not null check (trigger in ('schedule', 'manual', 'push')),
    -- partial: something was brought before it failed.
    status text not null default 'running' check (status in ('running', 'succeeded', 'partial', 'failed', 'cancelled')),
    requests int not null default 0,
    -- Answers that were there already.
    requests_shared int not null default 0,
    bytes bigint not null default 0,
    records_read bigint not null default 0,
    records_new bigint not null default 0,
    records_changed bigint not null default 0,
    records_unchanged bigint not null default 0,
    records_duplicate bigint not null default 0,
    records_refused bigint not null default 0,
    -- Why it failed, and the first records that were refused: {"code", "message"}, [{"record", "reason"}].
    error jsonb check (length(error::text) <= 16384),
    refusals jsonb check (length(refusals::text) <= 65536),
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, source_id) references app.data_sources (tenant_id, id) on delete cascade
);
create index source_runs_source on app.source_runs (tenant_id, source_id, id);
select tenancy.protect('app.source_runs');

-- Messages that were pushed and taken, by the sender's id: the same one again changes nothing.
create table app.source_pushes (
    tenant_id uuid not null,
    source_id uuid not null,
    message_id text not null check (length(message_id) between 1 and 256),
    received_at timestamptz not null default now(),
    primary key (tenant_id, source_id, message_id),
    foreign key (tenant_id, source_id) references app.data_sources (tenant_id, id) on delete cascade
);
select tenancy.protect('app.source_pushes');

create table app.news_articles (
    tenant_id uuid not null,
    id uuid not null,
    business_id uuid not null,
    -- Null once the source is removed; so in the tables below.
    source_id uuid,
    title text not null check (length(title) between 1 and 1000),
    content text check (length(content) <= 100000),
    url text not null check (length(url) <= 4096),
    -- SHA-256 of the normalized URL, and of the normalized title.
    url_key bytea not null check (length(url_key) = 32),
    title_key bytea not null check (length(title_key) = 32),
    -- Who published it.
    source text not null check (length(source) <= 253),
    -- ISO 639-1; null where it is not known.
    language text check (language ~ '^[a-z][a-z0-9]{1,7}$'),
    country text check (length(country) <= 100),
    image_url text check (length(image_url) <= 4096),
    -- From -1 to 1; null until somebody has read it.
    sentiment float8 check (sentiment between -1 and 1),
    published_at timestamptz not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, business_id, url_key),
    foreign key (tenant_id, business_id) references app.businesses (tenant_id, id) on delete cascade,
    foreign key (tenant_id, source_id) references app.data_sources (tenant_id, id) on delete set null (source_id)
);
create index news_articles_published on app.news_articles (tenant_id, business_id, published_at, id);
create index news_articles_title on app.news_articles (tenant_id, business_id, title_key);
create index news_articles_source on app.news_articles (tenant_id, source_id);
-- A business is of one tenant: without this the planner takes the two for independent, and expects too few.
create statistics app.news_articles_business (dependencies) on tenant_id, business_id from app.news_articles;
select tenancy.protect('app.news_articles');

create table app.weather_data (
    tenant_id uuid not null,
    business_id uuid not null,
    source_id uuid,
    location text not null check (length(location) between 1 and 200),
    kind text not null check (kind in ('forecast', 'observed')),
    -- The hour, or the day where it is of a whole one.
    "timestamp" timestamptz not null,
    latitude float8 not null,
    longitude float8 not null,
    -- °C, %, mm, km/h; null where the provider has none.
    temperature float8,
    humidity float8,
    precipitation float8,
    wind_speed float8,
    conditions text check (length(conditions) <= 100),
    -- WMO 4677.
    weather_code int,
    fetched_at timestamptz not null default now(),
    primary key (tenant_id, business_id, location, kind, "timestamp"),
    foreign key (tenant_id, business_id) references app.businesses (tenant_id, id) on delete cascade,
    foreign key (tenant_id, source_id) references app.data_sources (tenant_id, id) on delete set null (source_id)
);
create index weather_data_source on app.weather_data (tenant_id, source_id);
select tenancy.protect('app.weather_data');

create table app.market_data (
    tenant_id uuid not null,
    business_id uuid not null,
    source_id uuid,
    -- For example EUR/USD: dollars for one euro.
    symbol text not null check (length(symbol) between 1 and 50),
    "timestamp" timestamptz not null,
    value float8 not null,
    fetched_at timestamptz not null default now(),
    primary key (tenant_id, business_id, symbol, "timestamp"),
    foreign key (tenant_id, business_id) references app.businesses (tenant_id, id) on delete cascade,
    foreign key (tenant_id, source_id) references app.data_sources (tenant_id, id) on delete set null (source_id)
);
create index market_data_source on app.market_data (tenant_id, source_id);
select tenancy.protect('app.market_data');

create table app.places (
    tenant_id uuid not null,
    business_id uuid not null,
    source_id uuid,
    geoname_id bigint not null,
    -- What was searched for.
    query text not null check (length(query) between 1 and 200),
    name text not null check (length(name) between 1 and 200),
    country text check (length(country) <= 100),
    region text check (length(region) <= 200),
    latitude float8 not null,
    longitude float8 not null,
    population bigint,
    fetched_at timestamptz not null default now(),
    primary key (tenant_id, business_id, geoname_id),
    foreign key (tenant_id, business_id) references app.businesses (tenant_id, id) on delete cascade,
    foreign key (tenant_id, source_id) references app.data_sources (tenant_id, id) on delete set null (source_id)
);
create index places_source on app.places (tenant_id, source_id);
select tenancy.protect('app.places');

comment on column app.data_sources.credentials is 'archive: left out; the key that sealed them does not leave with the tenant';
comment on column app.data_sources.status is 'archive: left out; a source stands still where it came to until somebody resumes it';
comment on column app.data_sources.next_run_at is 'archive: left out; a source stands still where it came to until somebody resumes it';
comment on table app.source_pushes is 'archive: left out; senders do not know the tenant there';

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

-- Whose a path is that other systems report to: what a resolver of that name knows.
create table tenancy.webhooks (
    resolver text not null check (resolver ~ '^[a-z][a-z0-9_]{0,31}$'),
    id uuid not null,
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    primary key (resolver, id)
);
create index webhooks_tenant on tenancy.webhooks (tenant_id);

-- For handlers: reports to that path are the context's tenant's from now on.
create function tenancy.open_webhook(resolver text, id uuid) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    insert into tenancy.webhooks (resolver, id, tenant_id) values (open_webhook.resolver, open_webhook.id, tenant)
        on conflict on constraint webhooks_pkey do nothing;
    return found;
end
$$;

-- For handlers: nobody reports there any more.
create function tenancy.close_webhook(resolver text, id uuid) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    delete from tenancy.webhooks w where w.tenant_id = tenant and w.resolver = close_webhook.resolver and w.id = close_webhook.id;
    return found;
end
$$;

-- What public providers answered, for all tenants together: the same question is asked once in its lifetime, whoever asks.
create schema reference;
create table reference.public_answers (
    provider text not null check (provider ~ '^[a-z][a-z0-9_]{0,31}$'),
    -- SHA-256 of the question without anybody's credentials.
    key bytea not null check (length(key) = 32),
    body bytea not null check (length(body) <= 8388608),
    fetched_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (provider, key)
);
create index public_answers_expiry on reference.public_answers (expires_at);

-- For handlers: an answer that is good still. Who does not know the question finds nothing.
create function tenancy.public_answer(provider text, key bytea) returns table (body bytea, fetched_at timestamptz)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform tenancy.tenant_id();
    return query
        select a.body, a.fetched_at from reference.public_answers a
        where a.provider = public_answer.provider and a.key = public_answer.key and a.expires_at > clock_timestamp();
end
$$;

-- For handlers: an answer that is good for so many seconds; null: for ever. Sweeps a few that are not good any more.
create function tenancy.keep_public_answer(provider text, key bytea, body bytea, lifetime float8) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform tenancy.tenant_id();
    delete from reference.public_answers a where (a.provider, a.key) in (
        select o.provider, o.key from reference.public_answers o where o.expires_at <= clock_timestamp() order by o.expires_at limit 20
        for update skip locked);
    insert into reference.public_answers as a (provider, key, body, fetched_at, expires_at)
        values (keep_public_answer.provider, keep_public_answer.key, keep_public_answer.body, clock_timestamp(),
            coalesce(clock_timestamp() + make_interval(secs => least(greatest(keep_public_answer.lifetime, 1), 31536000)), 'infinity'))
        on conflict on constraint public_answers_pkey
        do update set body = excluded.body, fetched_at = excluded.fetched_at, expires_at = excluded.expires_at;
    return true;
end
$$;

-- Calls of public providers in a period.
create table tenancy.provider_calls (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    provider text not null check (provider ~ '^[a-z][a-z0-9_]{0,31}$'),
    period_start timestamptz not null,
    calls int not null,
    primary key (provider, period_start, tenant_id)
);
create index provider_calls_tenant on tenancy.provider_calls (tenant_id);

-- For handlers: the context's tenant is about to ask a provider that answers all tenants together so often in a period of so many seconds. Null: it may.
-- Otherwise in how many seconds it may ask again. No tenant takes more than a quarter, rounded up.
create function tenancy.take_provider_call(provider text, most int, period int) returns float8
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    start timestamptz := to_timestamp(floor(extract(epoch from clock_timestamp()) / take_provider_call.period) * take_provider_call.period);
    used bigint;
    own bigint;
begin
    delete from tenancy.provider_calls c where c.provider = take_provider_call.provider and c.period_start < start;
    select coalesce(sum(c.calls), 0), coalesce(sum(c.calls) filter (where c.tenant_id = tenant), 0) into used, own
        from tenancy.provider_calls c where c.provider = take_provider_call.provider and c.period_start = start;
    if used >= most or own >= (most + 3) / 4 then
        return extract(epoch from start) + take_provider_call.period - extract(epoch from clock_timestamp());
    end if;
    insert into tenancy.provider_calls as c (tenant_id, provider, period_start, calls) values (tenant, take_provider_call.provider, start, 1)
        on conflict on constraint provider_calls_pkey do update set calls = c.calls + 1;
    return null;
end
$$;

grant execute on function tenancy.claim_source_work(uuid, interval, int), tenancy.renew_source_work(uuid, text, uuid, uuid, interval),
    tenancy.end_source_work(uuid, text, uuid, uuid, float8) to {prefix}_host;
grant select on tenancy.webhooks to {prefix}_host;
grant usage on schema reference to {prefix}_admin, {prefix}_backup;
grant select on tenancy.source_work, tenancy.webhooks, tenancy.provider_calls, reference.public_answers to {prefix}_admin, {prefix}_backup;
