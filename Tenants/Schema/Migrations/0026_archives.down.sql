set local role {prefix}_owner;

drop procedure tenancy.lend_to_archive();
drop function tenancy.finish_import(uuid);
drop function tenancy.import_members(uuid, text[], text[], text[], text[], text[], text[]);
drop function tenancy.import_roles(uuid, text[], text[], text[], text[], text[]);
drop function tenancy.import_context(uuid);
drop function tenancy.begin_import(uuid, text, text, text, text, text, int, boolean, text, timestamptz);
drop function tenancy.fetch_lines(refcursor, int);
drop function tenancy.archived_members();
drop function tenancy.archived_roles();
drop function tenancy.archived_migrations();
drop function tenancy.archived_tenant();

drop policy own_name on app.audit_log;
create policy own_name on app.audit_log as restrictive for insert with check (
    user_id = (select tenancy.user_id()) and session_user = '{prefix}_h_' || handler and occurred_at = now());

drop function tenancy.is_import();
drop table tenancy.imports;
drop function tenancy.refuse_open_import();

comment on table app.audit_log is null;
comment on table app.audit_seals is null;
comment on table app.audit_positions is null;
