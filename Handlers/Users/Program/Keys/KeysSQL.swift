import HandlerKit

/// The functions over a tenant's API keys. Each takes tenant and user from the context; those that write compare the tenant with `$1`, too.
enum KeysSQL {
    static let list = Statement(
        "users.api_keys",
        """
        select id, prefix, name, array_to_string(scopes, ' '), created_by, created_at, expires_at, last_used_at, revoked_at
        from tenancy.list_api_keys()
        """, access: .read)

    /// $2 id, $3 prefix, $4 hash, $5 name, $6 scopes, $7 when it expires.
    static let create = Statement(
        "users.create_api_key",
        """
        select tenancy.create_api_key($2::uuid, $3::text, $4::bytea, $5::text, $6::text[], $7::timestamptz) where $1::uuid = tenancy.tenant_id()
        """, access: .write)

    /// $2 id.
    static let revoke = Statement(
        "users.revoke_api_key", "select tenancy.revoke_api_key($2::uuid) where $1::uuid = tenancy.tenant_id()", access: .write)

    static let all = [list, create, revoke]
}
