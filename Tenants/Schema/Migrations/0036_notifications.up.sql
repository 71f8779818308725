-- What people and their programs are told: in the app, by mail, by webhooks.
set local role {prefix}_owner;

create table app.notification_channels (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    id uuid not null,
    name text not null check (length(name) between 1 and 100),
    type text not null check (type in ('email', 'slack', 'webhook')),
    -- What everybody may read who may read channels: recipients, or the host that is called.
    config jsonb not null check (jsonb_typeof(config) = 'object' and length(config::text) <= 16384),
    -- The address that is called and what its messages are signed with, sealed with the tenant's data key; null for mail.
    secret bytea check (length(secret) <= 16384),
    wording jsonb not null default '{}' check (jsonb_typeof(wording) = 'object' and length(wording::text) <= 65536),
    least_severity text not null default 'info' check (least_severity in ('info', 'warning', 'critical')),
    digest_seconds int not null default 0 check (digest_seconds between 0 and 86400),
    per_hour int not null default 60 check (per_hour between 1 and 3600),
    quiet_hours jsonb check (jsonb_typeof(quiet_hours) = 'object'),
    -- Of the quiet hours; null: the tenant's.
    time_zone text check (length(time_zone) <= 64),
    -- Only told of by rules that name it.
    only_named boolean not null default false,
    enabled boolean not null default false,
    -- Why it was switched off, where nobody did it.
    disabled_reason text check (length(disabled_reason) <= 500),
    throttle jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, name)
);
comment on column app.notification_channels.enabled is 'archive: left out; a channel is silent until somebody switches it on';
comment on column app.notification_channels.throttle is 'archive: left out; it counts what this tenant has sent';
select tenancy.protect('app.notification_channels');

-- Messages to channels, written in the transaction of their cause. The key is why each is there once.
create table app.notification_outbox (
    tenant_id uuid not null,
    id uuid not null,
    channel_id uuid not null,
    key text not null check (length(key) between 1 and 300),
    -- The one member whom it is for; null: all of the channel's recipients.
    recipient uuid,
    alert_id uuid,
    firing int,
    -- Of an escalation; 0: the first word.
    step int not null default 0,
    severity text not null check (severity in ('info', 'warning', 'critical')),
    notice jsonb not null check (jsonb_typeof(notice) = 'object' and length(notice::text) <= 65536),
    status text not null default 'waiting' check (status in ('waiting', 'delivered', 'failed', 'cancelled', 'dropped')),
    due_at timestamptz not null,
    -- Counts tries: who is not the newest may say nothing of how it ended.
    attempts int not null default 0,
    claimed_until timestamptz not null default '-infinity',
    -- The message that it went with; null: it went by itself.
    folded_into uuid,
    reason text check (length(reason) <= 500),
    created_at timestamptz not null default now(),
    ended_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, channel_id, key),
    foreign key (tenant_id, channel_id) references app.notification_channels (tenant_id, id) on delete cascade
);
create index notification_outbox_due on app.notification_outbox (tenant_id, due_at) where status = 'waiting';
create index notification_outbox_alert on app.notification_outbox (tenant_id, alert_id, firing) where status = 'waiting';
create index notification_outbox_ended on app.notification_outbox (tenant_id, ended_at) where status <> 'waiting';
select tenancy.protect('app.notification_outbox');

-- The delivery log: every try, and what came of it.
create table app.notification_deliveries (
    tenant_id uuid not null,
    id uuid not null,
    channel_id uuid not null,
    -- The message that was tried, and how many went with it.
    message_id uuid not null,
    messages int not null check (messages >= 1),
    attempt int not null,
    occurred_at timestamptz not null,
    outcome text not null check (outcome in ('delivered', 'again', 'failed')),
    -- What the receiver answered; null where it did not, and for mail.
    status int,
    reason text check (length(reason) <= 500),
    milliseconds int not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, channel_id) references app.notification_channels (tenant_id, id) on delete cascade
);
create index notification_deliveries_channel on app.notification_deliveries (tenant_id, channel_id, id);
create index notification_deliveries_time on app.notification_deliveries (tenant_id, occurred_at);
select tenancy.protect('app.notification_deliveries');

-- In the app.
create table app.notifications (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    id uuid not null,
    -- Null: for every member.
    user_id uuid,
    type text not null check (type ~ '^[a-z][a-z0-9_.]{0,63}$'),
    severity text not null check (severity in ('info', 'warning', 'critical')),
    title text not null check (length(title) <= 300),
    message text not null check (length(message) <= 8192),
    data jsonb not null default '{}' check (jsonb_typeof(data) = 'object' and length(data::text) <= 65536),
    key text not null check (length(key) between 1 and 300),
    created_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, key)
);
create index notifications_time on app.notifications (tenant_id, created_at);
select tenancy.protect('app.notifications');

create table app.notification_reads (
    tenant_id uuid not null,
    user_id uuid not null,
    notification_id uuid not null,
    read_at timestamptz not null default now(),
    primary key (tenant_id, user_id, notification_id),
    foreign key (tenant_id, notification_id) references app.notifications (tenant_id, id) on delete cascade
);
create index notification_reads_notification on app.notification_reads (tenant_id, notification_id);
select tenancy.protect('app.notification_reads');

-- What a member wants to hear.
create table app.notification_preferences (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    user_id uuid not null,
    email boolean not null default true,
    least_severity text not null default 'info' check (least_severity in ('info', 'warning', 'critical')),
    quiet_hours jsonb check (jsonb_typeof(quiet_hours) = 'object'),
    -- Of the quiet hours; null: the member's own, else the tenant's.
    time_zone text check (length(time_zone) <= 64),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, user_id)
);
select tenancy.protect('app.notification_preferences');

-- The tenant's own words for a type of message, where a channel has none.
create table app.notification_templates (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    type text not null check (type ~ '^[a-z][a-z0-9_.]{0,63}$'),
    wording jsonb not null check (jsonb_typeof(wording) = 'object' and length(wording::text) <= 65536),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, type)
);
select tenancy.protect('app.notification_templates');

comment on column app.notification_channels.secret is 'archive: left out; sealed with a key of its tenant and installation';
comment on table app.notification_outbox is 'archive: left out; what waits is told by its own tenant';

-- Members of the context's tenant, those who are signed out for good left out.
create function tenancy.member_addresses(people uuid[]) returns table (user_id uuid, email text, name text, time_zone text)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    return query
        select u.id, u.email, u.name, coalesce(u.time_zone, t.time_zone)
        from tenancy.memberships m join identity.users u on u.id = m.user_id join tenancy.tenants t on t.id = m.tenant_id
        where m.tenant_id = tenant and m.user_id = any (member_addresses.people) and not m.disabled and not u.disabled;
end
$$;

-- A job of the handler notifications that delivers what is due, made in the transaction that writes what is to be told: by that handler itself and by
-- those that tell something. With a key it is made unless a job with the key has not ended yet.
create function tenancy.deliver_notifications(job uuid, due timestamptz, unique_key text) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    tenant uuid := tenancy.tenant_id();
begin
    insert into tenancy.jobs (tenant_id, id, handler, kind, status, due_at, max_attempts, unique_key)
        values (tenant, deliver_notifications.job, 'notifications', 'deliver',
            case when deliver_notifications.due > clock_timestamp() then 'scheduled' else 'waiting' end,
            least(deliver_notifications.due, clock_timestamp() + interval '366 days'), 20, deliver_notifications.unique_key)
        on conflict (tenant_id, handler, kind, unique_key) where unique_key is not null and finished_at is null do nothing;
    return found;
end
$$;
