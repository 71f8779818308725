-- The tenants that rows.sql fills, each with the same user as analyst. psql variables: tenants, email.
insert into tenancy.tenants (id, slug, name, plan)
select md5('tenant ' || t)::uuid, 'bench-' || t, 'Bench ' || t, 'enterprise' from generate_series(1, :tenants) t;

insert into tenancy.memberships (tenant_id, user_id, role)
select md5('tenant ' || t)::uuid, u.id, 'analyst' from generate_series(1, :tenants) t, identity.users u where u.email = :'email';
