import HandlerKit

/// Files: the list, one of them, its bytes, its end; and what is to be read of it.
enum FileRoutes {
    @RoutesBuilder static var routes: [Route] {
        Route.get("/files", access: .bearer("data:read"), summary: "List files, the newest first") {
            (query: FileListQuery, invocation: Invocation) async throws -> FileList in
            let limit = query.limit ?? 50
            let rows = try await invocation.database.rows(
                FilesSQL.list, .uuid(query.after ?? .last), .optional(query.status?.rawValue, Bind.text), .int64(Int64(limit + 1)))
            let files = try rows.prefix(limit).map { try FileRecord($0) }
            return FileList(files: files, next: rows.count > limit ? files.last?.id : nil)
        }
        Route.get("/files/{file_id}", access: .bearer("data:read"), summary: "Show a file and what becomes of it") {
            (path: FilePath, invocation: Invocation) async throws -> FileRecord in
            guard let row = try await invocation.database.rows(FilesSQL.show, .uuid(path.id)).first else { throw missing }
            return try FileRecord(row)
        }
        Route.get("/files/{file_id}/content", access: .bearer("data:read"), summary: "Download a file as it came") {
            (path: FilePath, invocation: Invocation) async throws -> Response in
            guard let row = try await invocation.database.rows(FilesSQL.content, .uuid(path.id)).first else { throw missing }
            let reader = try await invocation.objects.get(FileIntake.object(path.id))
            // Never as what the sender called it: a browser would run a page or a script that somebody uploaded.
            var response = Response.stream(contentType: "application/octet-stream") { writer in
                for try await piece in reader { try await writer.write(piece) }
            }
            response.headers.append(HeaderField(name: "content-disposition", value: "attachment; \(Disposition.fileName(try row.text(0)))"))
            return response
        }
        Route.delete("/files/{file_id}", access: .bearer("data:write"), summary: "Remove a file; values that were imported from it stay", status: 204)
        {
            (path: FilePath, invocation: Invocation) async throws -> Response in
            try await invocation.database.interactive { transaction in
                guard let row = try await transaction.rows(FilesSQL.remove, .uuid(path.id)).first, try row.bool(0) else { throw missing }
                _ = try await transaction.batch([
                    Call(FilesSQL.dropWork, [.text("read"), .uuid(path.id)]), Call(FilesSQL.addWork, [.text("remove"), .uuid(path.id), .float8(0)]),
                    invocation.audit("file.deleted", target: ("file", path.id)),
                ])
            }
            return .noContent
        }
        Route.post("/files/{file_id}/cancel", access: .bearer("data:write"), summary: "Stop reading a file", body: .none) {
            (path: FilePath, invocation: Invocation) async throws -> FileRecord in
            try await invocation.database.interactive { transaction in
                guard let row = try await transaction.rows(FilesSQL.cancel, .uuid(path.id)).first else {
                    guard let there = try await transaction.rows(FilesSQL.show, .uuid(path.id)).first else { throw missing }
                    throw AppError(.conflict, "The file is \(try FileRecord(there).status.rawValue) already")
                }
                _ = try await transaction.batch([
                    Call(FilesSQL.dropWork, [.text("read"), .uuid(path.id)]), invocation.audit("file.cancelled", target: ("file", path.id)),
                ])
                return try FileRecord(row)
            }
        }
        Route.put("/files/{file_id}/shape", access: .bearer("data:write"), summary: "Say what you know better, and read a file anew", status: 202) {
            (input: ShapeInput, invocation: Invocation) async throws -> FileRecord in
            try FileAnalysis.check(input.overrides)
            return try await invocation.database.interactive { transaction in
                let overrides = Bind.json(Array(JSONValue.object(input.overrides).description.utf8))
                guard let row = try await transaction.rows(FilesSQL.readAgain, .uuid(input.id), overrides).first else { throw missing }
                _ = try await transaction.batch([
                    Call(FilesSQL.addWork, [.text("read"), .uuid(input.id), .float8(0)]),
                    invocation.audit("file.read_again", target: ("file", input.id)),
                ])
                return try FileRecord(row)
            }
        }
    }

    static let missing = AppError(.notFound, "There is no such file")
}

/// Which files are listed.
struct FileListQuery: Decodable, Sendable, Validated {
    let after: UUID?
    let limit: Int?
    let status: Status?

    enum Status: String, Codable, Sendable, CaseIterable { case pending, processing, completed, failed, cancelled }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((1...500).contains(limit ?? 1), "limit", "expected a whole number from 1 to 500")
    }
}

/// A file as a path names it.
struct FilePath: Decodable, Sendable {
    let id: UUID

    enum CodingKeys: String, CodingKey { case id = "file_id" }
}

/// A file, and what its owner knows better than the reader.
struct ShapeInput: Decodable, Sendable {
    let id: UUID
    let shape: JSONValue

    enum CodingKeys: String, CodingKey {
        case shape
        case id = "file_id"
    }

    var overrides: JSONObject { shape.object ?? [:] }
}

extension UUID {
    /// Behind every other one.
    static let last = UUID(high: .max, low: .max)
}

/// The name of a download.
enum Disposition {
    /// `filename="a.csv"; filename*=UTF-8''a.csv` (RFC 6266, RFC 8187).
    static func fileName(_ name: String) -> String {
        let plain = String(decoding: name.utf8.map { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
        var encoded = ""
        for byte in name.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): encoded.append(Character(Unicode.Scalar(byte)))
            default: encoded += "%\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
            }
        }
        return "filename=\"\(plain)\"; filename*=UTF-8''\(encoded)"
    }
}
