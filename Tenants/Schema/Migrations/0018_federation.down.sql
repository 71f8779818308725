set local role {prefix}_owner;

drop trigger federated_session on identity.user_sessions;
drop function identity.check_federated_session(), identity.list_providers(), identity.put_provider(uuid, text, text, text, bytea, text[], text[], text, boolean),
    identity.remove_provider(uuid), identity.public_providers(text), identity.provider(uuid), identity.use_sign_in_state(bytea),
    identity.federated_user(uuid, text, text, text, uuid, text, text), identity.redeem_federated_code(bytea);
drop table identity.used_states;
drop table identity.provider_links;
drop table identity.providers;
