import ArchiveFormat
import Kernel
import Postgres

/// A table of an archive, matched with the one that its rows go to. A pure value.
struct ImportTable: Sendable {
    enum Place: Sendable, Hashable {
        case control(ControlTable)
        /// The statement that takes the columns' texts as arrays, $2 and on.
        case table(String)
    }

    let name: String
    let place: Place
    let width: Int
    /// Where each column may name members.
    let ids: [MemberIDs]

    /// Finds every table of an archive here. Throws `UNPROCESSABLE_FILE` with each that is unknown or of another form.
    static func match(_ manifest: ArchiveManifest, with here: [TenantTable], at steps: [ArchiveManifest.SeriesVersion]) throws(AppError)
        -> [ImportTable]
    {
        var issues: [AppError.Issue] = []
        for step in manifest.migrations {
            if let known = steps.first(where: { $0.series == step.series }), known.version < step.version {
                issues.append(
                    .init(
                        field: "migrations",
                        issue: "\(step.series) stands at \(step.version) in the archive and at \(known.version) here; upgrade this installation first"
                    ))
            }
        }
        let known = Dictionary(here.map { ($0.name, $0) }) { first, _ in first }
        var control = ControlTable.allCases[...]
        var tables: [ImportTable] = []
        for table in manifest.tables {
            if let kind = ControlTable(rawValue: table.name) {
                // Members have roles, and tables name members.
                let place = control.firstIndex(of: kind)
                control = place.map { control[($0 + 1)...] } ?? []
                if table != kind.table || place == nil {
                    issues.append(.init(field: table.name, issue: "expected the columns \(names(kind.table.columns)), in front of all tables"))
                }
                tables.append(ImportTable(name: table.name, place: .control(kind), width: table.columns.count, ids: []))
                continue
            }
            control = []
            if let target = known[table.name] {
                let faults = target.faults(of: table)
                issues += faults.map { .init(field: table.name, issue: $0) }
                if faults.isEmpty { tables.append(ImportTable(table, into: target)) }
            } else {
                issues.append(.init(field: table.name, issue: "there is no such table here; is its handler installed?"))
            }
        }
        guard issues.isEmpty else {
            throw AppError(.unprocessableFile, "The archive does not fit this installation", issues: issues)
        }
        return tables
    }

    private init(name: String, place: Place, width: Int, ids: [MemberIDs]) {
        self.name = name
        self.place = place
        self.width = width
        self.ids = ids
    }

    private init(_ table: ArchivedTable, into target: TenantTable) {
        let columns = table.columns.compactMap { column in target.columns.first { $0.name == column.name } }
        self.init(
            name: table.name, place: .table(target.insert(columns)), width: table.columns.count, ids: columns.map { MemberIDs(type: $0.type) })
    }

    private static func names(_ columns: [ArchivedTable.Column]) -> String { columns.map(\.name).joined(separator: ", ") }
}

extension TenantTable {
    /// Why an archive's table cannot go into this one.
    fileprivate func faults(of table: ArchivedTable) -> [String] {
        if case .leftOut = mark { return ["this table is not filled from archives"] }
        var faults: [String] = []
        if !lent { faults.append("this table is not lent to archives; run `tenantry migrate up`") }
        for column in table.columns {
            guard let own = columns.first(where: { $0.name == column.name }) else {
                faults.append("there is no column \(column.name.prefix(63))")
                continue
            }
            if own.type != column.type { faults.append("expected the column \(own.name) as \(own.type), found \(column.type.prefix(100))") }
            if case .leftOut = own.mark { faults.append("the column \(own.name) is not filled from archives") }
        }
        for own in columns where own.required && !table.columns.contains(where: { $0.name == own.name }) {
            faults.append("the column \(own.name) is missing")
        }
        return faults
    }

    /// The rows of a batch: $1 the tenant, then one array of texts for each column. Texts become values as Postgres reads them.
    fileprivate func insert(_ columns: [Column]) -> String {
        let names = columns.indices.map { "c\($0)" }
        let values = zip(names, columns).map { "v.\($0)::\($1.type)" }
        guard !columns.isEmpty else { return "insert into \(signature) (tenant_id) values ($1)" }
        return """
            insert into \(signature) (\((["tenant_id"] + columns.map(\.quoted)).joined(separator: ", "))) \
            select \((["$1"] + values).joined(separator: ", ")) \
            from unnest(\(columns.indices.map { "$\($0 + 2)::text[]" }.joined(separator: ", "))) as v (\(names.joined(separator: ", ")))
            """
    }
}
