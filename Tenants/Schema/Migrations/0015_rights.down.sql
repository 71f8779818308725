set local role {prefix}_owner;

drop function tenancy.revoke_api_key(uuid);
drop function tenancy.create_api_key(uuid, text, bytea, text, text[], timestamptz);
drop function tenancy.list_api_keys();
drop function tenancy.delete_role(text);
drop function tenancy.change_role(text, text, text[]);
drop function tenancy.create_role(text, text, text[]);
drop function tenancy.list_roles();
drop function tenancy.require_system();
drop function tenancy.end_session(uuid, uuid, uuid);
drop trigger revoke_keys on tenancy.memberships;
drop function tenancy.revoke_keys_of_leaver();
drop table tenancy.revoked_sessions, tenancy.api_keys;
-- Who had a role of the tenant's own is left with the least.
update tenancy.memberships set role = 'viewer', epoch = epoch + 1 where custom_role is not null;
alter table tenancy.memberships
    drop column custom_role,
    drop column disabled,
    add constraint memberships_role_check check (role in ('owner', 'admin', 'analyst', 'viewer'));
drop table tenancy.roles;
