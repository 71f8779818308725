-- Answers of writes with an Idempotency-Key, each stored by the transaction that had the effect. Kept for 24 hours.
-- No handler has a right to the table, since one that may delete may also lock it against all others: there are two functions, which take tenant,
-- user and handler from the context and the session. The policies hold the functions too.
set local role {prefix}_owner;

create table tenancy.answers (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    -- The role that the handler signed in with.
    handler text not null,
    user_id uuid not null,
    -- Method and path with the parameters' names.
    route text not null check (length(route) between 1 and 1000),
    key text not null check (length(key) between 1 and 255),
    -- SHA-256 of the request.
    fingerprint bytea not null check (length(fingerprint) = 32),
    created_at timestamptz not null default now(),
    -- Nulls where the effect is there and its answer was not kept: too long, or written piece by piece.
    status int check (status between 100 and 599),
    headers jsonb check (length(headers::text) <= 16384),
    body bytea check (length(body) <= 65536),
    primary key (tenant_id, handler, user_id, route, key)
);

create index answers_age on tenancy.answers (tenant_id, handler, created_at);

select tenancy.protect('tenancy.answers');
create policy own_handler on tenancy.answers as restrictive using (handler = session_user::text) with check (handler = session_user::text);

create schema runtime;

-- The first statement of a write with an Idempotency-Key. Claims the key for the open transaction, or answers what was stored under it. Waits for a
-- transaction that holds the same key, and claims it where that one was taken back. SQLSTATE 28000 without a valid context.
create function runtime.claim_key(route text, key text, fingerprint bytea)
    returns table (claimed boolean, fits boolean, kept_status int, kept_headers jsonb, kept_body bytea)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    caller uuid := tenancy.user_id();
    oldest timestamptz := clock_timestamp() - interval '24 hours';
begin
    -- Two claims must not wait for each other's waste: of the old answers only those that nobody holds go.
    delete from tenancy.answers a
        using (
            select o.user_id, o.route, o.key from tenancy.answers o
            where o.tenant_id = tenant and o.handler = session_user::text and o.created_at < oldest
            order by o.created_at limit 16 for update skip locked) gone
        where a.tenant_id = tenant and a.handler = session_user::text and a.user_id = gone.user_id and a.route = gone.route and a.key = gone.key;
    loop
        insert into tenancy.answers (tenant_id, handler, user_id, route, key, fingerprint)
            values (tenant, session_user::text, caller, claim_key.route, claim_key.key, claim_key.fingerprint)
            on conflict do nothing;
        if found then
            return query select true, true, null::int, null::jsonb, null::bytea;
            return;
        end if;
        -- The one that was in the way has ended. It may be too old, or gone again.
        delete from tenancy.answers a
            where a.tenant_id = tenant and a.handler = session_user::text and a.user_id = caller and a.route = claim_key.route
                and a.key = claim_key.key and a.created_at < oldest;
        return query
            select false, a.fingerprint = claim_key.fingerprint, a.status, a.headers, a.body from tenancy.answers a
            where a.tenant_id = tenant and a.handler = session_user::text and a.user_id = caller and a.route = claim_key.route
                and a.key = claim_key.key;
        if found then
            return;
        end if;
    end loop;
end
$$;

-- The last statement before the commit: what those get who send the same key again. Nulls say that the answer is not kept. False where the open
-- transaction holds no such claim.
create function runtime.keep_answer(route text, key text, status int, headers jsonb, body bytea) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    caller uuid := tenancy.user_id();
begin
    update tenancy.answers a set status = keep_answer.status, headers = keep_answer.headers, body = keep_answer.body
        where a.tenant_id = tenant and a.handler = session_user::text and a.user_id = caller and a.route = keep_answer.route
            and a.key = keep_answer.key and a.status is null;
    return found;
end
$$;

grant select on tenancy.answers to {prefix}_backup;
