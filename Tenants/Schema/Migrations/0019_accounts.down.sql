set local role {prefix}_owner;

drop function identity.change_email(bytea, text, text), identity.reset_password(bytea, text, text, text),
    identity.verify_registration(bytea, uuid, uuid, text, text), identity.renew_registration(text, bytea, int), identity.address_owner(text),
    identity.use_one_time(bytea, text), identity.read_one_time(bytea, text),
    identity.issue_one_time(bytea, text, uuid, text, uuid, int, jsonb), identity.change_password(uuid, text, text, text),
    identity.end_reauthentication(uuid, text), identity.begin_reauthentication(uuid, boolean, text),
    identity.revoke_sessions(uuid, uuid, text, text), identity.sessions();
