import HandlerKit

/// `POST /data/upload`: a CSV file becomes values of one business.
///
/// The body is the file itself (`text/csv`), or a form with the part `file` and, before it, `business_id` where the query has none. Each column of
/// numbers becomes a source of the business by its name, each row a value of each source at the row's date; what was there at that time is replaced.
/// All of the file is stored or, after any error and at any stop of the handler, the machine or the database, none of it. The same file again changes
/// nothing. Rows that cannot be read are left out and counted, the first 100 with their line and the reason.
///
/// Errors: 400 for a broken form or no business, 402 where the plan allows no upload more, or not as many KPIs and rows, 404 for a business that the tenant does not have, 413 above 1 GiB, 415 for another kind of body, 422
/// with line and column for a file that cannot be read.
enum UploadRoute {
    static let route = Route.post(
        "/data/upload", access: .bearer("data:write"), summary: "Upload a CSV file of dates and numbers", status: 201, body: .bytes(limit: bodyLimit),
        quota: [.uploads, .rows]
    ) { (query: UploadQuery, invocation: Invocation) async throws -> UploadAnswer in
        let file = try await UploadedFile.open(query, invocation)
        let batches = BatchSource(file, offload: { try await invocation.offload($0) })
        let store = UploadStore(
            business: file.business, database: invocation.database, makeID: { invocation.makeID() },
            consumed: invocation.consume(.uploads),
            audit: { stored in
                invocation.audit(
                    "data.uploaded", target: ("business", file.business),
                    details: ["file_name": file.name.map { .string($0) } ?? .null, "values": .integer(Int64(stored.values))])
            })
        return try await store.store(batches, file)
    }

    /// A file of 1 GiB in a form.
    private static let bodyLimit = 1 << 30 + 1 << 20
}

/// What stands in the address.
struct UploadQuery: Decodable, Sendable, Validated {
    let business: UUID?
    /// A name for a raw body, which has none of its own.
    let fileName: String?

    enum CodingKeys: String, CodingKey {
        case business = "business_id"
        case fileName = "file_name"
    }

    func validate(_ issues: inout [AppError.Issue]) { issues.requireLength(fileName, "file_name", 1...255) }
}
