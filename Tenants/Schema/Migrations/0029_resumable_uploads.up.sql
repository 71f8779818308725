-- Files that arrive in pieces (tus 1.0): how far each is, and which objects hold its pieces.
set local role {prefix}_owner;

create table app.resumable_uploads (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    id uuid not null,
    -- Who began it.
    user_id uuid not null,
    -- In bytes, as it was said at the beginning, and what is there of it.
    length bigint not null check (length > 0),
    received bigint not null default 0 check (received between 0 and length),
    parts int not null default 0,
    -- Names and values as the sender gave them.
    metadata jsonb not null check (jsonb_typeof(metadata) = 'object' and length(metadata::text) <= 16384),
    -- The file that it has become; null until then.
    file_id uuid check (file_id is null or received = length),
    created_at timestamptz not null default now(),
    -- Moves on with each piece.
    expires_at timestamptz not null,
    primary key (tenant_id, id)
);
create index resumable_uploads_expiry on app.resumable_uploads (tenant_id, expires_at);
select tenancy.protect('app.resumable_uploads');

-- A piece that is there for good: its bytes are an object.
create table app.resumable_parts (
    tenant_id uuid not null,
    upload_id uuid not null,
    -- From 1, in the order of their bytes.
    number int not null check (number > 0),
    size bigint not null check (size > 0),
    object text not null check (length(object) between 1 and 200),
    primary key (tenant_id, upload_id, number),
    foreign key (tenant_id, upload_id) references app.resumable_uploads (tenant_id, id) on delete cascade
);
select tenancy.protect('app.resumable_parts');

comment on table app.resumable_uploads is 'archive: left out; the bytes lie outside of the database';
