-- Subscriptions: what a tenant has subscribed to and until when, and what a payment provider reported of it.
-- The rules stand in the handler's state machine; here a state is read, and replaced where nobody else did since.
set local role {prefix}_owner;

create table tenancy.subscriptions (
    tenant_id uuid primary key references tenancy.tenants (id) on delete cascade,
    plan text not null references tenancy.plans (name),
    status text not null default 'active' check (status in ('trialing', 'active', 'past_due', 'unpaid', 'canceled')),
    -- Who says what was paid: an operator of the installation, or Stripe.
    provider text not null default 'manual' check (provider in ('manual', 'stripe')),
    -- Periods are counted from here, so that one that began on a 31st ends on the last day of shorter months only.
    period_anchor timestamptz not null,
    period_start timestamptz not null,
    -- Null where nothing is paid for.
    period_end timestamptz,
    trial_end timestamptz,
    trial_used boolean not null default false,
    cancel_at_period_end boolean not null default false,
    -- What the plan becomes when the period ends.
    scheduled_plan text references tenancy.plans (name),
    -- What waits for an operator.
    requested_plan text references tenancy.plans (name),
    -- The provider's names of the tenant, its subscription, and the checkout that is open.
    customer_id text unique check (length(customer_id) between 1 and 255),
    subscription_id text unique check (length(subscription_id) between 1 and 255),
    checkout_id text check (length(checkout_id) between 1 and 255),
    checkout_plan text references tenancy.plans (name),
    -- A change that the provider is being asked for; a second one must wait for it, or for its time to pass.
    change_id uuid,
    change_until timestamptz,
    -- When somebody must look again: a period or a trial ends, or the provider is to be asked.
    due_at timestamptz,
    -- Grows with each change.
    revision int not null default 1,
    updated_at timestamptz not null default now(),
    check (period_end is null or period_end > period_start),
    check ((status = 'trialing') <= (trial_end is not null)),
    check ((checkout_id is null) = (checkout_plan is null)),
    check ((change_id is null) = (change_until is null))
);
create index subscriptions_due on tenancy.subscriptions (due_at) where due_at is not null;

-- What a provider sent, once each, without what it said: a name that comes again is known. Rows go after 30 days.
create table tenancy.billing_events (
    id text primary key check (length(id) between 1 and 255),
    kind text not null check (length(kind) between 1 and 100),
    -- Null where its customer is nobody's here.
    tenant_id uuid references tenancy.tenants (id) on delete cascade,
    created_at timestamptz not null,
    received_at timestamptz not null default now(),
    deliveries int not null default 1,
    -- Null until its effect is there.
    handled_at timestamptz,
    outcome text check (length(outcome) <= 64)
);
create index billing_events_tenant on tenancy.billing_events (tenant_id);
create index billing_events_age on tenancy.billing_events (received_at);

-- What the handler must know of a plan.
create function tenancy.offer(p tenancy.plans) returns jsonb
    language sql stable set search_path = pg_catalog, pg_temp as $$
    select to_jsonb(p) - 'created_at' - 'updated_at'
$$;

-- A tenant's first state: one paid period from an instant, or no period where nothing is to be paid.
create function tenancy.open_subscription(tenant uuid, plan text, opened_at timestamptz) returns void
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
    insert into tenancy.subscriptions (tenant_id, plan, period_anchor, period_start, period_end, due_at)
        select open_subscription.tenant, p.name, opened_at, opened_at, e.ends, e.ends
        from tenancy.plans p,
            lateral (select case when p.price_minor > 0 then opened_at + ('1 ' || p.billing_interval)::interval end) as e (ends)
        where p.name = open_subscription.plan
        on conflict do nothing;
end
$$;

-- However a tenant is made, it has a subscription; and whoever gives it another plan by hand has changed the subscription.
create function tenancy.follow_plan() returns trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        perform tenancy.open_subscription(new.id, new.plan, now());
        return new;
    end if;
    update tenancy.subscriptions s
        set plan = p.name, status = case when s.status = 'past_due' then s.status else 'active' end, trial_end = null,
            cancel_at_period_end = false, scheduled_plan = null, requested_plan = null,
            period_anchor = case when s.subscription_id is null then now() else s.period_anchor end,
            period_start = case when s.subscription_id is null then now() else s.period_start end,
            period_end = case when s.subscription_id is null then e.ends else s.period_end end,
            due_at = case when s.subscription_id is null then e.ends else s.due_at end,
            revision = s.revision + 1, updated_at = now()
        from tenancy.plans p,
            lateral (select case when p.price_minor > 0 then now() + ('1 ' || p.billing_interval)::interval end) as e (ends)
        where s.tenant_id = new.id and s.plan <> new.plan and p.name = new.plan;
    return new;
end
$$;
create trigger subscription_opens after insert on tenancy.tenants for each row execute function tenancy.follow_plan();
create trigger subscription_follows after update of plan on tenancy.tenants for each row
    when (old.plan is distinct from new.plan) execute function tenancy.follow_plan();

do $$
begin
    perform tenancy.open_subscription(t.id, t.plan, t.created_at) from tenancy.tenants t;
    -- Periods that are over already are moved on by the handler.
end
$$;

-- Replaces a tenant's state where its revision is still the expected one, and gives the tenant the plan that it says; false where it is not.
-- The tenant's row is the gate, as everywhere.
create function tenancy.put_subscription(tenant uuid, expected int, state jsonb, reason text, actor uuid) returns boolean
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
    fresh tenancy.subscriptions := jsonb_populate_record(null::tenancy.subscriptions, state);
    present text;
begin
    select t.plan into present from tenancy.tenants t where t.id = tenant for no key update;
    update tenancy.subscriptions s
        set plan = fresh.plan, status = fresh.status, provider = fresh.provider, period_anchor = fresh.period_anchor,
            period_start = fresh.period_start, period_end = fresh.period_end, trial_end = fresh.trial_end, trial_used = fresh.trial_used,
            cancel_at_period_end = fresh.cancel_at_period_end, scheduled_plan = fresh.scheduled_plan, requested_plan = fresh.requested_plan,
            customer_id = fresh.customer_id, subscription_id = fresh.subscription_id, checkout_id = fresh.checkout_id,
            checkout_plan = fresh.checkout_plan, change_id = fresh.change_id, change_until = fresh.change_until, due_at = fresh.due_at,
            revision = s.revision + 1, updated_at = now()
        where s.tenant_id = tenant and s.revision = expected;
    if not found then
        return false;
    end if;
    if present is distinct from fresh.plan then
        perform tenancy.change_plan(tenant, fresh.plan, reason, actor);
    end if;
    return true;
end
$$;

-- The month of a tenant in which its use is counted: the one that is paid for; of the calendar, in UTC, where nothing is paid or it is paid by the year.
-- A period that is over goes on as the next one until the handler, or the provider, has said so.
create or replace function tenancy.usage_period(of_tenant uuid) returns table (period_start timestamptz, period_end timestamptz)
    language sql stable set search_path = pg_catalog, pg_temp as $$
    select coalesce(case when s.period_end <= now() then s.period_end else s.period_start end, date_trunc('month', now(), 'UTC')),
        coalesce(case when s.period_end <= now() then s.period_end + interval '1 month' else s.period_end end,
            date_trunc('month', now(), 'UTC') + interval '1 month')
    from (values (1)) as one
        left join tenancy.subscriptions s on s.tenant_id = of_tenant and s.period_end between s.period_start + interval '1 day' and s.period_start + interval '32 days'
            and now() < s.period_end + interval '1 month'
$$;

-- The plans that everybody may subscribe to, in their order.
create function tenancy.public_plans() returns table (plan jsonb)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform tenancy.require_identity();
    return query select tenancy.offer(p) from tenancy.plans p where p.is_public order by p.position, p.name;
end
$$;

-- The context's tenant's state, its plan, and the one that it becomes.
create function tenancy.own_subscription() returns table (state jsonb, plan jsonb, next_plan jsonb)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    return query
        select to_jsonb(s), tenancy.offer(p), tenancy.offer(n)
        from tenancy.subscriptions s join tenancy.plans p on p.name = s.plan left join tenancy.plans n on n.name = s.scheduled_plan
        where s.tenant_id = tenant;
end
$$;

-- A plan that the context's tenant may ask for: a public one, or what it has, was promised or asked for. No row for any other.
create function tenancy.open_offer(name text) returns table (plan jsonb)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    return query
        select tenancy.offer(p) from tenancy.plans p
        where p.name = open_offer.name and (p.is_public or exists (
            select from tenancy.subscriptions s where s.tenant_id = tenant and p.name in (s.plan, s.scheduled_plan, s.requested_plan)));
end
$$;

-- Who is billed: the context's tenant, and the address of the user who asks.
create function tenancy.billing_party() returns table (name text, slug text, email text)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    asks uuid := tenancy.user_id();
begin
    return query
        select t.name, t.slug, (select u.email from identity.users u where u.id = asks) from tenancy.tenants t where t.id = tenant;
end
$$;

create function tenancy.store_subscription(expected int, state jsonb, reason text) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    asks uuid := tenancy.user_id();
begin
    return tenancy.put_subscription(tenant, expected, state, reason, asks);
end
$$;

-- Whether the handler has anything to do. For the host, which asks once a second.
create function tenancy.subscription_is_due() returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select from tenancy.subscriptions where due_at <= clock_timestamp())
$$;

-- States whose time has come, the oldest first, with their plan and the one that follows it.
create function tenancy.due_subscriptions(most int) returns table (state jsonb, plan jsonb, next_plan jsonb)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform tenancy.require_system();
    return query
        select to_jsonb(s), tenancy.offer(p), tenancy.offer(n)
        from tenancy.subscriptions s join tenancy.plans p on p.name = s.plan left join tenancy.plans n on n.name = s.scheduled_plan
        where s.due_at <= clock_timestamp() order by s.due_at, s.tenant_id limit least(most, 100);
end
$$;

create function tenancy.advance_subscription(tenant uuid, expected int, state jsonb, reason text) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform tenancy.require_system();
    return tenancy.put_subscription(tenant, expected, state, reason, null);
end
$$;

create function tenancy.sweep_billing_events() returns bigint
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    swept bigint;
begin
    perform tenancy.require_system();
    delete from tenancy.billing_events e where e.received_at < now() - interval '30 days';
    get diagnostics swept = row_count;
    return swept;
end
$$;

-- For reports of a provider, which come before a tenant is known: its name for the customer is what finds one.
create function tenancy.require_report() returns void
    language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    if tenancy.require_identity() is not null then
        raise exception 'not for a tenant' using errcode = '42501';
    end if;
end
$$;

-- Notes an event that was verified. outcome: fresh (its effect is not there yet, however often it came), handled, stranger (its customer is nobody's).
create function tenancy.receive_billing_event(id text, kind text, created_at timestamptz, customer text) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    owner uuid;
    handled boolean;
begin
    perform tenancy.require_report();
    select s.tenant_id into owner from tenancy.subscriptions s where s.customer_id = customer;
    insert into tenancy.billing_events as e (id, kind, tenant_id, created_at)
        values (receive_billing_event.id, receive_billing_event.kind, owner, receive_billing_event.created_at)
        on conflict on constraint billing_events_pkey do update set deliveries = e.deliveries + 1, tenant_id = coalesce(e.tenant_id, owner)
        returning e.handled_at is not null into handled;
    return case when handled then 'handled' when owner is null then 'stranger' else 'fresh' end;
end
$$;

-- The state, plan and next plan of a provider's customer.
create function tenancy.customer_subscription(customer text) returns table (state jsonb, plan jsonb, next_plan jsonb)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform tenancy.require_report();
    return query
        select to_jsonb(s), tenancy.offer(p), tenancy.offer(n)
        from tenancy.subscriptions s join tenancy.plans p on p.name = s.plan left join tenancy.plans n on n.name = s.scheduled_plan
        where s.customer_id = customer;
end
$$;

-- Ends an event: with the state of its customer that follows from it, or, where that is null, without any. False where the state was changed since.
create function tenancy.settle_billing_event(id text, customer text, expected int, state jsonb, outcome text, reason text) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    owner uuid;
begin
    perform tenancy.require_report();
    if state is not null then
        select s.tenant_id into owner from tenancy.subscriptions s where s.customer_id = customer;
        if owner is null or not tenancy.put_subscription(owner, expected, state, reason, null) then
            return false;
        end if;
    end if;
    update tenancy.billing_events e set handled_at = now(), outcome = settle_billing_event.outcome where e.id = settle_billing_event.id;
    return true;
end
$$;

-- Whether there is such a plan: what a provider calls a price must be one. Tells nothing of any tenant.
create function tenancy.is_plan(name text) returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select from tenancy.plans p where p.name = is_plan.name)
$$;

grant execute on function tenancy.subscription_is_due() to {prefix}_host;
grant select on tenancy.subscriptions, tenancy.billing_events to {prefix}_admin, {prefix}_backup;
grant update (requested_plan, revision, updated_at) on tenancy.subscriptions to {prefix}_admin;
