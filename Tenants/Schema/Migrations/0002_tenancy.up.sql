-- The control plane: tenants, members, handlers, and the keys that sign contexts.
set local role {prefix}_owner;

create table tenancy.tenants (
    id uuid primary key,
    slug text not null unique check (slug ~ '^[a-z][a-z0-9-]{0,62}$'),
    name text not null check (length(name) between 1 and 200),
    status text not null default 'active' check (status in ('active', 'suspended')),
    plan text not null default 'free' check (plan ~ '^[a-z][a-z0-9_]{0,31}$'),
    created_at timestamptz not null default now()
);

-- epoch grows with every change of a membership: a token that names an older one is refused.
create table tenancy.memberships (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    user_id uuid not null,
    role text not null check (role in ('owner', 'admin', 'analyst', 'viewer')),
    epoch int not null default 1 check (epoch > 0),
    created_at timestamptz not null default now(),
    primary key (tenant_id, user_id)
);
create index memberships_user on tenancy.memberships (user_id, created_at);

create table tenancy.handlers (
    name text primary key check (name ~ '^[a-z][a-z0-9_]{0,31}$'),
    grants jsonb not null default '{}',
    installed_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

-- HMAC keys. The pads of RFC 2104 (key xor 0x36…, key xor 0x5c…) are kept ready, so that a check needs only built-in sha256().
create table tenancy.keys (
    kid int primary key check (kid > 0),
    label text not null generated always as (kid::text) stored,
    secret bytea not null check (length(secret) = 32),
    inner_pad bytea not null check (length(inner_pad) = 64),
    outer_pad bytea not null check (length(outer_pad) = 64),
    created_at timestamptz not null default now()
);
