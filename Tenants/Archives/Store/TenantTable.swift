import Kernel

/// A table of tenants as the catalogue knows it.
struct TenantTable: Sendable, Hashable, Decodable {
    struct Column: Sendable, Hashable, Decodable {
        var name: String
        /// As SQL names it.
        var quoted: String
        /// Without length or precision.
        var type: String
        /// Whether a row must bring a value.
        var required: Bool
        /// Its comment.
        var comment: String

        var mark: ArchiveMark { ArchiveMark(comment) }
    }

    /// `schema.name`, not quoted.
    var name: String
    /// As SQL names it.
    var signature: String
    var comment: String
    /// In the table's order, without the tenant and what is computed.
    var columns: [Column]
    /// Quoted columns of the primary key, without the tenant.
    var key: [String]
    /// ``name`` of tables that its foreign keys refer to.
    var parents: [String]
    /// Whether the role may read and fill all of it.
    var lent: Bool

    var mark: ArchiveMark { ArchiveMark(comment) }
    /// The columns that archives hold.
    var kept: [Column] { columns.filter { if case .leftOut = $0.mark { false } else { true } } }
}

/// What a table's or column's comment says of archives.
enum ArchiveMark: Sendable, Hashable {
    case kept
    /// In an archive, and not in a clone.
    case leftOutOfClones(String)
    case leftOut(String)

    init(_ comment: String) {
        let parts = comment.split(separator: ";", maxSplits: 1)
        let reason = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "its comment says so"
        switch parts.first {
        case "archive: left out": self = .leftOut(reason)
        case "archive: left out of clones": self = .leftOutOfClones(reason)
        default: self = .kept
        }
    }
}
