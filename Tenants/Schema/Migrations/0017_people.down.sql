set local role {prefix}_owner;

drop function tenancy.require_second_factor(boolean), tenancy.security_settings(), identity.accept_invitation(bytea, uuid, text, text, text, text),
    identity.invitation(bytea), tenancy.revoke_invitation(uuid), tenancy.open_invitations(), tenancy.create_invitation(uuid, text, text, bytea),
    tenancy.remove_member(uuid), tenancy.change_member(uuid, text), tenancy.has_role(uuid, text), tenancy.members(timestamptz, uuid, int),
    identity.change_preferences(jsonb, int), identity.own_preferences(), identity.change_profile(text, text, text, text, int), identity.own_profile();
drop index tenancy.memberships_order;
drop table tenancy.invitations, identity.preferences;
alter table identity.users drop column locale, drop column time_zone, drop column avatar_url, drop column revision;
