set local role {prefix}_owner;

drop function identity.sweep(), identity.set_disabled(uuid, boolean),
    identity.log_out(uuid, text, text),
    identity.refresh_session(uuid, bigint, text, text), identity.switch_session(uuid, uuid, text, text, text),
    identity.open_session(uuid, uuid, text, text[], text, text), identity.forgive(uuid, text), identity.fail_sign_in(uuid, text, text),
    identity.begin_sign_in(text, text), identity.end_sessions(uuid, uuid, uuid, text), identity.uses_second_factor(uuid), identity.has_second_factor(uuid),
    identity.blocked_seconds(text, bytea), identity.count_failure(text, bytea, int, int, int), identity.failure_key(text, text),
    identity.network(text);
drop table identity.failures, identity.one_time_tokens, identity.user_sessions, identity.settings;

create function identity.credential(email text) returns table (user_id uuid, password_hash text, disabled boolean)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
begin
    return query
        select u.id, c.password_hash, u.disabled
        from identity.users u join identity.credentials c on c.user_id = u.id
        where u.email = credential.email and (only_user is null or u.id = only_user);
end
$$;
