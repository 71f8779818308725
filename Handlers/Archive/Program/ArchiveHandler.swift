import Archives
import HandlerKit

/// Whole tenants in and out, for operators of the installation: archives, and copies within the installation.
@main struct ArchiveHandler: Handler {
    init(environment: HandlerEnvironment) {}

    var routes: [Route] {
        ExportRoute.route
        ImportRoute.route
        CloneRoute.route
    }

    static var statements: [Statement] { ArchiveSQL.all + [AuditSQL.append, OperatorSQL.eventOfTenant] }
}
