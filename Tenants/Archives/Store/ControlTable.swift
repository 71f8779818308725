import ArchiveFormat
import Postgres

/// What an archive holds of a tenant beside its own tables. The order is that of an archive.
enum ControlTable: String, CaseIterable, Sendable {
    /// The tenant's own roles.
    case roles
    /// Members by address, with their roles.
    case members

    var table: ArchivedTable {
        let columns: [(String, String)] =
            switch self {
            case .roles: [("name", "text"), ("description", "text"), ("scopes", "text[]"), ("created_at", Self.time), ("updated_at", Self.time)]
            case .members:
                [("user_id", "uuid"), ("email", "text"), ("name", "text"), ("role", "text"), ("disabled", "boolean"), ("created_at", Self.time)]
            }
        return ArchivedTable(name: rawValue, columns: columns.map { .init(name: $0.0, type: $0.1) })
    }

    /// The query for its lines, without binds.
    var query: String {
        switch self {
        case .roles: CatalogueSQL.roles.text
        case .members: CatalogueSQL.members.text
        }
    }

    private static let time = "timestamp with time zone"
}
