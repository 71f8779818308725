import HandlerKit

/// The functions over a tenant's own roles. Each takes the tenant from the context; those that write compare it with `$1`, too.
enum RolesSQL {
    static let list = Statement(
        "users.roles",
        """
        select name, description, array_to_string(scopes, ' '), members, created_at, updated_at
        from tenancy.list_roles()
        """, access: .read)

    /// $2 name, $3 description, $4 scopes.
    static let create = Statement(
        "users.create_role",
        "select tenancy.create_role($2::text, $3::text, $4::text[]) where $1::uuid = tenancy.tenant_id()", access: .write)

    /// $2 name, $3 description, $4 scopes.
    static let change = Statement(
        "users.change_role",
        "select tenancy.change_role($2::text, $3::text, $4::text[]) where $1::uuid = tenancy.tenant_id()", access: .write)

    /// $2 name.
    static let delete = Statement(
        "users.delete_role", "select tenancy.delete_role($2::text) where $1::uuid = tenancy.tenant_id()", access: .write)

    static let all = [list, create, change, delete]
}
