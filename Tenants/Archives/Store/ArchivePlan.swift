import ArchiveFormat
import Kernel

/// Which tables an archive holds and in which order, made of the catalogue. A pure value.
struct ArchivePlan: Sendable {
    /// One table of the archive with the query for its lines.
    struct Section: Sendable {
        let table: ArchivedTable
        let query: String
        /// Whether $1 of the query is the tenant.
        var namesTenant = true
    }

    let sections: [Section]
    let leftOut: [ArchiveManifest.LeftOut]

    /// Throws `INTERNAL_ERROR` naming a table that cannot be archived as it is.
    init(_ tables: [TenantTable], forClone: Bool = false) throws(AppError) {
        var sections = ControlTable.allCases.map { Section(table: $0.table, query: $0.query, namesTenant: false) }
        var leftOut: [ArchiveManifest.LeftOut] = [
            .init(object: "api_keys", reason: "secrets are not archived"),
            .init(object: "invitations", reason: "secrets are not archived"),
            .init(object: "identity_providers", reason: "secrets are not archived"),
            .init(object: "objects", reason: "handlers' files lie outside of the database"),
            .init(object: "passwords, second factors, sessions", reason: "they are the members', not the tenant's"),
        ]
        var gone: Set<String> = []
        for table in Self.ordered(tables) {
            var reason: String?
            switch table.mark {
            case .leftOut(let why): reason = why
            case .leftOutOfClones(let why) where forClone: reason = why
            default: reason = table.parents.first(where: gone.contains).map { "it refers to \($0)" }
            }
            if let reason {
                gone.insert(table.name)
                leftOut.append(.init(object: table.name, reason: reason))
                continue
            }
            guard table.lent else {
                throw AppError(
                    .internalError, "the table \(table.name) is not lent to archives; run `tenantry migrate up`",
                    detail: "the role of the handler archive lacks rights on \(table.name)")
            }
            for column in table.columns {
                guard case .leftOut(let why) = column.mark else { continue }
                guard !column.required else {
                    throw AppError(.internalError, detail: "\(table.name).\(column.name) is left out of archives, but every row must have it")
                }
                leftOut.append(.init(object: "\(table.name).\(column.name)", reason: why))
            }
            sections.append(Section(table: table.archived, query: table.lines))
        }
        self.sections = sections
        self.leftOut = leftOut
    }

    /// Parents before their children; else by name. What refers to each other in a circle comes last: such keys must be deferrable.
    static func ordered(_ tables: [TenantTable]) -> [TenantTable] {
        var waiting = tables.sorted { $0.name < $1.name }
        var placed: [TenantTable] = []
        while !waiting.isEmpty {
            let open = Set(waiting.map(\.name))
            let next = waiting.firstIndex { table in table.parents.allSatisfy { !open.contains($0) || $0 == table.name } } ?? 0
            placed.append(waiting.remove(at: next))
        }
        return placed
    }
}

extension TenantTable {
    var archived: ArchivedTable { ArchivedTable(name: name, columns: kept.map { .init(name: $0.name, type: $0.type) }) }

    /// One line a row, in the order of the key, so that two archives of the same rows are alike. $1: the tenant.
    fileprivate var lines: String {
        let values = kept.map { "\($0.quoted)::text" }.joined(separator: ", ")
        let order = key.isEmpty ? "" : " order by \(key.joined(separator: ", "))"
        return "select to_json(array[\(values)]::text[])::text from \(signature) where tenant_id = $1\(order)"
    }
}
