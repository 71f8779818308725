set local role {prefix}_owner;

drop trigger subscription_opens on tenancy.tenants;
drop trigger subscription_follows on tenancy.tenants;
drop function tenancy.is_plan(text), tenancy.settle_billing_event(text, text, int, jsonb, text, text), tenancy.customer_subscription(text),
    tenancy.receive_billing_event(text, text, timestamptz, text), tenancy.require_report(), tenancy.sweep_billing_events(),
    tenancy.advance_subscription(uuid, int, jsonb, text), tenancy.due_subscriptions(int), tenancy.subscription_is_due(),
    tenancy.store_subscription(int, jsonb, text), tenancy.billing_party(),
    tenancy.open_offer(text), tenancy.own_subscription(), tenancy.public_plans(), tenancy.put_subscription(uuid, int, jsonb, text, uuid),
    tenancy.follow_plan(), tenancy.open_subscription(uuid, text, timestamptz), tenancy.offer(tenancy.plans);
create or replace function tenancy.usage_period(of_tenant uuid) returns table (period_start timestamptz, period_end timestamptz)
    language sql stable set search_path = pg_catalog, pg_temp as $$
    select date_trunc('month', now(), 'UTC'), date_trunc('month', now(), 'UTC') + interval '1 month'
$$;
drop table tenancy.billing_events;
drop table tenancy.subscriptions;
