set local role {prefix}_owner;

drop function tenancy.protect(regclass);
drop function tenancy.require_identity();
drop function tenancy.user_id();
drop function tenancy.tenant_id();
drop function tenancy.use(text);
drop function tenancy.signing_key();
drop function tenancy.rotate();
delete from tenancy.keys;
revoke all on tenancy.tenants, tenancy.memberships, tenancy.handlers, tenancy.migrations from {prefix}_host, {prefix}_admin, {prefix}_backup;
revoke usage on schema tenancy from {prefix}_host, {prefix}_admin, {prefix}_backup;
