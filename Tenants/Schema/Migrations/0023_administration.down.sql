set local role {prefix}_owner;

drop function identity.end_operator_session(uuid), identity.appoint_operator(text, uuid, text), identity.list_operators(), tenancy.tenant_health(),
    tenancy.operator_usage(timestamptz, timestamptz), tenancy.change_tenant_plan(text, text), tenancy.set_tenant_status(text, bigint),
    tenancy.change_tenant(text, text, text, text, int), tenancy.tenant_owners(), tenancy.operator_tenant(),
    tenancy.list_tenants(text, text, text, text, text, int), tenancy.tenant_faults(text, text, text, uuid),
    tenancy.create_tenant(text, text, text, text, text, text, uuid, uuid, text, bytea),
    tenancy.make_tenant(uuid, text, text, text, text, text, text);
