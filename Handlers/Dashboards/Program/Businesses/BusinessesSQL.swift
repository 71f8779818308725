import HandlerKit

/// The statements on `app.businesses`. Each answers with the row's columns in the order of ``Business``.
enum BusinessesSQL {
    /// $2 the id behind which to begin, $3 how many.
    static let list = Statement(
        "businesses.list",
        """
        select id, user_id, name, industry, location, created_at, updated_at from app.businesses
        where tenant_id = $1 and id > $2 order by id limit $3
        """, access: .read, cost: .short)

    static let find = Statement(
        "businesses.find",
        "select id, user_id, name, industry, location, created_at, updated_at from app.businesses where tenant_id = $1 and id = $2",
        access: .read, cost: .short)

    /// $2 id, $3 owner, $4 name, $5 industry, $6 location.
    static let insert = Statement(
        "businesses.insert",
        """
        insert into app.businesses (tenant_id, id, user_id, name, industry, location) values ($1, $2, $3, $4, $5, $6)
        returning id, user_id, name, industry, location, created_at, updated_at
        """, access: .write)

    /// $2 id, $3 name, $4 industry, $5 location.
    static let update = Statement(
        "businesses.update",
        """
        update app.businesses set name = $3, industry = $4, location = $5, updated_at = now() where tenant_id = $1 and id = $2
        returning id, user_id, name, industry, location, created_at, updated_at
        """, access: .write)

    static let delete = Statement("businesses.delete", "delete from app.businesses where tenant_id = $1 and id = $2", access: .write)

    static let all = [list, find, insert, update, delete, AuditSQL.append]
}
