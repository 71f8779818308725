import HandlerKit

/// `POST /data/upload` and its other name `POST /files/upload`: a file of a business user comes in.
///
/// The body is the file itself, or a form with the part `file` and, before it, `business_id` where the query has none.
///
/// With a business, a clean CSV file (UTF-8, a header, one column of dates) becomes its values at once: each column of numbers a source of the business
/// by its name, each row a value of each source at the row's date; what was there at that time is replaced. All of the file is stored or, after any error
/// and at any stop of the handler, the machine or the database, none of it. The same file again changes nothing. Rows that cannot be read are left out
/// and counted, the first 100 with their line and the reason. The answer is 201.
///
/// Every other file, and every file without a business, is kept (see ``FileIntake``) and read when nobody waits: the answer is 202 with the file, which
/// tells what becomes of it. Where a business was named its values are imported by the suggested mapping. The same bytes again are recognized: 200 with
/// the file that is there.
///
/// Errors: 400 for a broken form, 402 where the plan allows no upload more, or not as many KPIs, rows and bytes, 404 for a business that the tenant does not
/// have, 413 above 1 GiB, 415 for a file of a kind that is not read, 422 with line and column for a file that cannot be read.
enum UploadRoute {
    @RoutesBuilder static var routes: [Route] {
        Route.post(
            "/data/upload", access: .bearer("data:write"), summary: "Upload a file: a clean CSV is stored at once, any other is read and kept",
            status: 201,
            body: .bytes(limit: bodyLimit), quota: [.uploads, .rows]
        ) { (query: UploadQuery, invocation: Invocation) async throws -> Response in try await take(query, invocation) }
        Route.post(
            "/files/upload", access: .bearer("data:write"), summary: "The same as POST /data/upload", status: 201, body: .bytes(limit: bodyLimit),
            quota: [.uploads, .rows]
        ) { (query: UploadQuery, invocation: Invocation) async throws -> Response in try await take(query, invocation) }
    }

    private static func take(_ query: UploadQuery, _ invocation: Invocation) async throws -> Response {
        let file = try await UploadedFile.open(query, invocation)
        guard let business = file.business, file.isPlainTable, query.overrides.isEmpty else {
            return try await FileIntake(invocation).take(file, query)
        }
        let batches = BatchSource(file, offload: { try await invocation.offload($0) })
        let first: ValueBatch
        do {
            first = try await batches.next() ?? .empty
            _ = try await batches.layout()
        } catch let error as AppError where error.code == .unprocessableFile {
            // Not clean enough to be read on the way; nothing of it is stored yet.
            await file.rewind()
            return try await FileIntake(invocation).take(file, query)
        }
        let store = UploadStore(
            business: business, database: invocation.database, makeID: { invocation.makeID() },
            consumed: invocation.consume(.uploads),
            audit: { stored in
                invocation.audit(
                    "data.uploaded", target: ("business", business),
                    details: ["file_name": file.name.map { .string($0) } ?? .null, "values": .integer(Int64(stored.values))])
            })
        return try .created(try await store.store(batches, from: first, file))
    }

    /// A file of 1 GiB in a form.
    private static let bodyLimit = 1 << 30 + 1 << 20
}

/// What stands in the address.
struct UploadQuery: Decodable, Sendable, Validated {
    let business: UUID?
    /// A name for a raw body, which has none of its own.
    let fileName: String?
    /// What the sender knows better than the reader.
    let encoding: String?
    let delimiter: String?
    let quote: String?
    let escape: String?
    let headerRows: Int?
    let skipRows: Int?
    /// Which of several tables, from 1.
    let table: Int?

    enum CodingKeys: String, CodingKey {
        case encoding, delimiter, quote, escape, table
        case business = "business_id"
        case fileName = "file_name"
        case headerRows = "header_rows"
        case skipRows = "skip_rows"
    }

    func validate(_ issues: inout [AppError.Issue]) { issues.requireLength(fileName, "file_name", 1...255) }

    /// Those of them that are given, by name.
    var overrides: JSONObject {
        var given: JSONObject = [:]
        given["encoding"] = encoding.map { .string($0) }
        given["delimiter"] = delimiter.map { .string($0) }
        given["quote"] = quote.map { .string($0) }
        given["escape"] = escape.map { .string($0) }
        given["header_rows"] = headerRows.map { .integer(Int64($0)) }
        given["skip_rows"] = skipRows.map { .integer(Int64($0)) }
        given["table"] = table.map { .integer(Int64($0)) }
        return given
    }
}
