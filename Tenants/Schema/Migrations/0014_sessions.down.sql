set local role {prefix}_owner;

drop function identity.sweep(), identity.set_disabled(uuid, boolean), identity.change_email(bytea, text, text),
    identity.reset_password(bytea, text, text, text), identity.verify_registration(bytea, uuid, uuid, text, text),
    identity.renew_registration(text, bytea, int), identity.address_owner(text), identity.use_one_time(bytea, text),
    identity.read_one_time(bytea, text), identity.issue_one_time(bytea, text, uuid, text, uuid, int, jsonb),
    identity.change_password(uuid, text, text, text), identity.end_reauthentication(uuid, text), identity.begin_reauthentication(uuid, text),
    identity.revoke_sessions(uuid, uuid, text, text), identity.sessions(), identity.log_out(uuid, text, text),
    identity.refresh_session(uuid, bigint, text, text), identity.switch_session(uuid, uuid, text, text, text),
    identity.open_session(uuid, uuid, text, text[], text, text), identity.forgive(uuid, text), identity.fail_sign_in(uuid, text, text),
    identity.begin_sign_in(text, text), identity.end_sessions(uuid, uuid, uuid, text), identity.has_second_factor(uuid),
    identity.blocked_seconds(text, bytea), identity.count_failure(text, bytea, int, int, int), identity.failure_key(text, text),
    identity.network(text);
drop table identity.failures, identity.one_time_tokens, identity.user_sessions, identity.settings;
