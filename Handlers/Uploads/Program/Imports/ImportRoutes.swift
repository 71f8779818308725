import HandlerKit
import Imports

/// Imports of files into values: begun, watched, stopped. The handler `retention` takes them back.
enum ImportRoutes {
    @RoutesBuilder static var routes: [Route] {
        Route.post(
            "/files/{file_id}/import", access: .bearer("data:write"), summary: "Import a file's rows as values, by a mapping or the suggested one",
            status: 202,
            quota: [.rows]
        ) { (input: ImportInput, invocation: Invocation) async throws -> ImportRecord in try await begin(input, invocation) }
        Route.get("/imports", access: .bearer("data:read"), summary: "List imports, the newest first") {
            (query: ImportListQuery, invocation: Invocation) async throws -> ImportList in
            let limit = query.limit ?? 50
            let rows = try await invocation.database.rows(
                ImportsSQL.list, .uuid(query.after ?? .last), .optional(query.file, Bind.uuid), .int64(Int64(limit + 1)))
            let imports = try rows.prefix(limit).map { try ImportRecord($0) }
            return ImportList(imports: imports, next: rows.count > limit ? imports.last?.id : nil)
        }
        Route.get("/imports/{import_id}", access: .bearer("data:read"), summary: "Show an import and what became of it") {
            (path: ImportPath, invocation: Invocation) async throws -> ImportRecord in
            guard let row = try await invocation.database.rows(ImportsSQL.show, .uuid(path.id)).first else { throw missing }
            return try ImportRecord(row)
        }
        Route.get(
            "/imports/{import_id}/refused", access: .bearer("data:read"), summary: "Download the rows that were left out, with the reasons, as CSV"
        ) {
            (path: ImportPath, invocation: Invocation) async throws -> Response in try await RefusedRows.download(path.id, invocation)
        }
        Route.post("/imports/{import_id}/cancel", access: .bearer("data:write"), summary: "Stop an import; nothing of it stays", body: .none) {
            (path: ImportPath, invocation: Invocation) async throws -> ImportRecord in
            try await invocation.database.interactive { transaction in
                guard let row = try await transaction.rows(ImportsSQL.cancel, .uuid(path.id)).first else {
                    guard let there = try await transaction.rows(ImportsSQL.show, .uuid(path.id)).first else { throw missing }
                    throw AppError(.conflict, "The import is \(try ImportRecord(there).status.rawValue) already")
                }
                _ = try await transaction.batch([invocation.audit("import.cancelled", target: ("import", path.id))])
                return try ImportRecord(row)
            }
        }
    }

    static let missing = AppError(.notFound, "There is no such import")

    /// An import of a file that was read.
    private static func begin(_ input: ImportInput, _ invocation: Invocation) async throws -> ImportRecord {
        guard let row = try await invocation.database.rows(FilesSQL.content, .uuid(input.id)).first else { throw FileRoutes.missing }
        let offload = Offloading { try await invocation.offload($0) }
        guard let report = try await FileReport.of(row, offload) else {
            throw AppError(.conflict, "The file is \(try row.text(3)); only one that was read can be imported")
        }
        let mapping = try await offload {
            let mapping = try input.mapping ?? report.suggestion(for: input.business)
            _ = try ImportPlan(mapping, columns: try report.columns(of: mapping.table))
            return mapping
        }
        var businesses = Set((mapping.businesses ?? [:]).values)
        if let one = mapping.businessID { businesses.insert(one) }
        let known = try await invocation.database.rows(ImportsSQL.businesses, .uuids(Array(businesses)))
        guard try known.first?.int64(0) == Int64(businesses.count) else { throw AppError(.notFound, "There is no such business") }
        let id = invocation.makeID()
        let begun = try await invocation.database.transaction([
            Call(
                ImportsSQL.begin,
                [.uuid(id), .uuid(input.id), .id(invocation.principal.user), .bool(input.dryRun ?? false), .json(try JSON.encode(mapping))]),
            Call(FilesSQL.addWork, [.text("import"), .uuid(id), .float8(0)]),
            invocation.audit(
                "file.import_requested", target: ("file", input.id),
                details: ["import_id": .string("\(id)"), "dry_run": .bool(input.dryRun ?? false)]),
        ])
        guard let row = begun[0].first else { throw FileRoutes.missing }
        return try ImportRecord(row)
    }
}

/// Which imports are listed.
struct ImportListQuery: Decodable, Sendable, Validated {
    let after: UUID?
    let limit: Int?
    /// Of one file.
    let file: UUID?

    enum CodingKeys: String, CodingKey {
        case after, limit
        case file = "file_id"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((1...500).contains(limit ?? 1), "limit", "expected a whole number from 1 to 500")
    }
}

/// An import as a path names it.
struct ImportPath: Decodable, Sendable {
    let id: UUID

    enum CodingKeys: String, CodingKey { case id = "import_id" }
}

/// A file that is to be imported, and how.
struct ImportInput: Decodable, Sendable, Validated {
    let id: UUID
    /// Nil: the suggested one.
    let mapping: ImportMapping?
    /// For which business the suggested mapping is.
    let business: UUID?
    /// Looks what would become of it, and stores no value. Defaults to false.
    let dryRun: Bool?

    enum CodingKeys: String, CodingKey {
        case mapping
        case id = "file_id"
        case business = "business_id"
        case dryRun = "dry_run"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((mapping == nil) == (business != nil), "business_id", "expected where there is no `mapping`, which names its own")
    }
}
