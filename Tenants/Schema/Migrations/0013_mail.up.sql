-- Mail that waits to be sent: queued in its cause's own transaction, claimed with a lease, sealed variables gone once nobody needs them.
set local role {prefix}_owner;

create table identity.mail_outbox (
    id uuid primary key default gen_random_uuid(),
    template text not null check (template ~ '^[a-z][a-z0-9_]{0,63}$'),
    recipient text not null check (length(recipient) between 3 and 320 and recipient like '%_@_%' and recipient !~ '[[:cntrl:][:space:]<>,;]'),
    -- Whose member the mail is about; null where no tenant is known.
    tenant_id uuid references tenancy.tenants (id) on delete cascade,
    -- Sealed with mail_key, since links carry secrets. Null once the mail was sent or given up.
    variables bytea check (length(variables) <= 16384),
    created_at timestamptz not null default now(),
    due_at timestamptz not null default now(),
    -- Grows with each claim; who reports the end of an older one is not heard.
    attempt int not null default 0 check (attempt >= 0),
    status text not null default 'waiting' check (status in ('waiting', 'sent', 'failed')),
    ended_at timestamptz,
    -- What the other end said last; for administrators.
    reason text check (length(reason) <= 500)
);
create index mail_outbox_due on identity.mail_outbox (due_at) where status = 'waiting';
create index mail_outbox_recipient on identity.mail_outbox (recipient, created_at);
create index mail_outbox_tenant on identity.mail_outbox (tenant_id);

-- Queues a mail in the caller's transaction. Inside a tenant it may name that tenant or none.
-- Nobody gets more than 20 mails an hour, whoever asks for them: what is more is dropped without a word, so that the answer tells nothing.
create function identity.queue_mail(template text, recipient text, tenant_id uuid, variables bytea) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tenancy.require_identity() is not null and queue_mail.tenant_id <> tenancy.tenant_id() then
        raise exception 'another tenant' using errcode = '42501';
    end if;
    insert into identity.mail_outbox (template, recipient, tenant_id, variables)
        select queue_mail.template, queue_mail.recipient, queue_mail.tenant_id, queue_mail.variables
        where (select count(*) from (select from identity.mail_outbox m
            where m.recipient = queue_mail.recipient and m.created_at > now() - interval '1 hour' limit 20) as recent) < 20;
end
$$;

-- Whether the mail handler has anything to do. For the host, which asks once a second.
create function identity.mail_is_due() returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select from identity.mail_outbox where status = 'waiting' and due_at <= clock_timestamp())
$$;

-- Takes due mails, the oldest first, for as long as the lease runs. What somebody else holds is passed over.
create function identity.claim_mail(most int, lease interval)
    returns table (id uuid, template text, recipient text, tenant_id uuid, variables bytea, created_at timestamptz, attempt int)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform tenancy.require_system();
    return query
        update identity.mail_outbox m
        set attempt = m.attempt + 1, due_at = clock_timestamp() + lease
        where m.id in (
            select w.id from identity.mail_outbox w
            where w.status = 'waiting' and w.due_at <= clock_timestamp()
            order by w.due_at limit most for update skip locked)
        returning m.id, m.template, m.recipient, m.tenant_id, m.variables, m.created_at, m.attempt;
end
$$;

create function identity.mail_sent(id uuid, attempt int) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform tenancy.require_system();
    update identity.mail_outbox m set status = 'sent', ended_at = now(), variables = null, reason = null
        where m.id = mail_sent.id and m.attempt = mail_sent.attempt and m.status = 'waiting';
    return found;
end
$$;

create function identity.mail_postponed(id uuid, attempt int, wait interval, reason text) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform tenancy.require_system();
    update identity.mail_outbox m set due_at = clock_timestamp() + wait, reason = left(mail_postponed.reason, 500)
        where m.id = mail_postponed.id and m.attempt = mail_postponed.attempt and m.status = 'waiting';
    return found;
end
$$;

create function identity.mail_given_up(id uuid, attempt int, reason text) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform tenancy.require_system();
    update identity.mail_outbox m set status = 'failed', ended_at = now(), variables = null, reason = left(mail_given_up.reason, 500)
        where m.id = mail_given_up.id and m.attempt = mail_given_up.attempt and m.status = 'waiting';
    return found;
end
$$;

-- What ended more than 30 days ago is forgotten.
create function identity.sweep_mail() returns bigint
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    swept bigint;
begin
    perform tenancy.require_system();
    delete from identity.mail_outbox m where m.status <> 'waiting' and m.ended_at < now() - interval '30 days';
    get diagnostics swept = row_count;
    return swept;
end
$$;

grant execute on function identity.mail_is_due() to {prefix}_host;
grant usage on schema identity to {prefix}_host;
grant select (id, template, recipient, tenant_id, created_at, due_at, attempt, status, ended_at, reason) on identity.mail_outbox to {prefix}_admin;
grant select on identity.mail_outbox to {prefix}_backup;
