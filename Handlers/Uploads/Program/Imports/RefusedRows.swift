import HandlerKit
import Imports

/// The rows that an import left out, as a file.
enum RefusedRows {
    private static let page: Int64 = 1000

    static func download(_ id: UUID, _ invocation: Invocation) async throws -> Response {
        let database = invocation.database
        guard let row = try await database.rows(ImportsSQL.show, .uuid(id)).first else { throw ImportRoutes.missing }
        let columns = try ImportRecord(row).result?["columns"]?.array?.compactMap(\.string) ?? []
        // The first page is read before the head leaves, so that an error is the answer.
        let first = try await database.rows(ImportsSQL.refusals, .uuid(id), .int32(0), .int64(page))
        var response = Response.stream(contentType: "text/csv; charset=utf-8") { writer in
            try await writer.write(RefusalFile.header(columns))
            var rows = first
            while !rows.isEmpty {
                var last: Int32 = 0
                var text: [UInt8] = []
                for row in rows {
                    last = try row.int32(0)
                    text += RefusalFile.line(try Refusal(row))
                }
                try await writer.write(text)
                if rows.count < Int(page) { return }
                rows = try await database.rows(ImportsSQL.refusals, .uuid(id), .int32(last), .int64(page))
            }
        }
        response.headers.append(HeaderField(name: "content-disposition", value: "attachment; \(Disposition.fileName("refused-\(id).csv"))"))
        return response
    }
}

extension Refusal {
    fileprivate init(_ row: Row) throws {
        self.init(
            row: Int(try row.int64(1)), line: Int(try row.int64(2)), column: try row.optionalText(3), reason: try row.text(4),
            fields: (try JSON.read(try row.json(5)).array ?? []).map { $0.string ?? "" })
    }
}
