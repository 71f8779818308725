drop table tenancy.keys, tenancy.handlers, tenancy.memberships, tenancy.tenants;
