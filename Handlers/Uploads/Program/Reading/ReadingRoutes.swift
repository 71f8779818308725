import HandlerKit
import Tabular

/// What was found in a file, and its rows.
enum ReadingRoutes {
    @RoutesBuilder static var routes: [Route] {
        Route.get(
            "/files/{file_id}/preview", access: .bearer("data:read"), summary: "Some rows of a file, typed; or raw, with all that was found out"
        ) {
            (query: PreviewQuery, invocation: Invocation) async throws -> Response in
            let (report, size) = try await report(query.id, invocation)
            let bytes = StoredBytes(invocation.objects, FileIntake.object(query.id), size: size)
            let table = try await invocation.offload { try report.table(query.table) }
            let preview = Preview(
                table: table, fileName: report.fileName, offset: query.offset ?? 0, limit: query.limit ?? 100, isRaw: query.raw ?? false)
            return .json(try await preview.read(bytes, Offloading { try await invocation.offload($0) }))
        }
        Route.get("/files/{file_id}/statistics", access: .bearer("data:read"), summary: "Statistics of each column of a file") {
            (query: StatisticsQuery, invocation: Invocation) async throws -> Response in
            let (report, _) = try await report(query.id, invocation)
            return .json(try await invocation.offload { Array(try report.statistics(of: query.table).description.utf8) })
        }
    }

    private static func report(_ id: UUID, _ invocation: Invocation) async throws -> (FileReport, size: Int) {
        guard let row = try await invocation.database.rows(FilesSQL.content, .uuid(id)).first else { throw FileRoutes.missing }
        guard let report = try await FileReport.of(row, Offloading { try await invocation.offload($0) }) else {
            throw AppError(.conflict, "The file is \(try row.text(3)); it was not read to its end")
        }
        return (report, Int(try row.int64(2)))
    }
}

/// Which rows of which table are wanted.
struct PreviewQuery: Decodable, Sendable, Validated {
    let id: UUID
    let limit: Int?
    let offset: Int?
    /// Texts as they stand in the file, and all that was found out about it.
    let raw: Bool?
    /// The name of a table, such as a sheet; the first one where it is nil.
    let table: String?

    enum CodingKeys: String, CodingKey {
        case limit, offset, raw, table
        case id = "file_id"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((0...1000).contains(limit ?? 1), "limit", "expected a whole number from 0 to 1000")
        issues.require((0...Int(Int32.max)).contains(offset ?? 1), "offset", "expected a whole number from 0 on")
    }
}

/// Of which table.
struct StatisticsQuery: Decodable, Sendable {
    let id: UUID
    let table: String?

    enum CodingKeys: String, CodingKey {
        case table
        case id = "file_id"
    }
}
