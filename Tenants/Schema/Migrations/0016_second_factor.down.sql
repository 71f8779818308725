set local role {prefix}_owner;

-- Whoever has a second factor loses it with these tables.
drop function identity.disable_totp(uuid, bigint, text, text), identity.replace_recovery_codes(uuid, bigint, text[], text, text),
    identity.prove_factor(uuid, uuid, bigint), identity.confirm_totp(uuid, bytea, bigint, text[], text, text),
    identity.store_recovery_codes(uuid, text[]), identity.begin_own_code(), identity.enrol_totp(uuid, bytea), identity.factor_state(uuid),
    identity.use_recovery_code(bytea, bytea, text, text), identity.complete_challenge(bytea, bigint, bytea, text, text),
    identity.begin_challenge(bytea), identity.forgive_codes(uuid), identity.count_code(uuid), identity.session_is_restricted(uuid);
create or replace function identity.has_second_factor(of_user uuid) returns boolean
    language sql stable set search_path = pg_catalog, pg_temp as $$ select false $$;
delete from identity.failures where kind = 'mfa';
alter table identity.failures drop constraint failures_kind_check, add check (kind in ('pair', 'address', 'account', 'mail'));
alter table identity.one_time_tokens drop column attempts;
alter table tenancy.tenants drop column mfa_required;
drop table identity.recovery_codes, identity.totp_factors;
