import HandlerKit
import Tokens

/// Who did what: the tenant's audit log with its chain of seals, and the security events of its members.
@main struct AuditHandler: Handler {
    private let environment: HandlerEnvironment

    init(environment: HandlerEnvironment) { self.environment = environment }

    var routes: [Route] {
        let keys = AuditKeys(environment)
        EventRoutes(keys: keys).routes
        SecurityEventRoutes(keys: keys).routes
        ExportRoute(keys: keys).route
        ChainRoutes(keys: keys).routes
    }

    static var statements: [Statement] { EventsSQL.all + SecurityEventsSQL.all + ExportSQL.all + ChainSQL.all + [AuditSQL.append] }
}

/// The versions of the key that seals the chain and signs cursors.
struct AuditKeys: Sendable {
    private let environment: HandlerEnvironment

    init(_ environment: HandlerEnvironment) { self.environment = environment }

    /// Read where it is used, since a description of the handler is made without secrets.
    var ring: SecretRing {
        get throws(AppError) { try SecretRing(environment.secret("audit_key")) }
    }
}
