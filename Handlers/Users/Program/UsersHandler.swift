import HandlerKit

/// Who may do what in a tenant: its own roles, and its API keys.
@main struct UsersHandler: Handler {
    init(environment: HandlerEnvironment) {}

    var routes: [Route] {
        RoleRoutes.routes
        KeyRoutes.routes
    }

    static var statements: [Statement] { RolesSQL.all + KeysSQL.all + [AuditSQL.append] }
}
