import HandlerKit

/// The functions of providers. None of them is given a tenant.
enum ProvidersSQL {
    static let list = Statement(
        "federation.providers",
        """
        select id, name, issuer, client_id, has_secret, array_to_string(scopes, ' '), array_to_string(allowed_domains, ' '), new_member_role, enabled,
            created_at, updated_at
        from identity.list_providers()
        """)

    /// Beside the tenant's own rows, and so behind the tenant in $1: $2 id, $3 name, $4 issuer, $5 client id, $6 sealed secret, $7 scopes,
    /// $8 domains, $9 role, $10 whether it is on.
    static let put = Statement(
        "federation.put_provider",
        """
        select identity.put_provider($2::uuid, $3::text, $4::text, $5::text, $6::bytea, $7::text[], $8::text[], $9::text, $10::bool)
        where $1::uuid = tenancy.tenant_id()
        """, access: .write)

    static let remove = Statement(
        "federation.remove_provider", "select identity.remove_provider($2::uuid) where $1::uuid = tenancy.tenant_id()", access: .write)

    static let shown = Statement("federation.public_providers", "select id, name from identity.public_providers($1::text)")

    static let provider = Statement(
        "federation.provider",
        """
        select tenant_id, issuer, client_id, client_secret, array_to_string(scopes, ' ')
        from identity.provider($1::uuid)
        """)

    static let useState = Statement("federation.use_state", "select identity.use_sign_in_state($1::bytea)", access: .write)

    static let user = Statement(
        "federation.user",
        """
        select outcome, user_id, tenant_id
        from identity.federated_user($1::uuid, $2::text, $3::text, $4::text, $5::uuid, $6::text, $7::text)
        """, access: .write)

    /// $1 hash, $2 user, $3 tenant, $4 details; good for a minute.
    static let issueCode = Statement(
        "federation.issue_code",
        """
        select identity.issue_one_time($1::bytea, 'federation', $2::uuid, null, $3::uuid, 60, $4::jsonb)
        """, access: .write)

    static let all = [list, put, remove, shown, provider, useState, user, issueCode]
}
