import HandlerKit

/// A file that arrives in pieces, as far as it is.
struct ResumableUpload: Sendable {
    /// For how long it is kept behind its newest piece, in seconds.
    static let lifetime: Double = 86_400
    /// For how much longer a request that began in time may take, in seconds.
    static let grace: Double = 3600
    /// How many of a tenant may be unfinished at once.
    static let mostOpen: Int32 = 100

    let id: UUID
    let length: Int
    var received: Int
    /// How many pieces there are.
    var parts: Int
    let metadata: JSONObject
    let file: UUID?
    var expiresAt: Timestamp

    var isComplete: Bool { received == length }
    /// What the sender calls the file.
    var name: String? { text("filename") ?? text("name") }
    /// What the sender says that it is.
    var contentType: String? { text("filetype") ?? text("type") }
    /// For which business it is, where the sender says so.
    var business: UUID? { text("business_id").flatMap { UUID($0) } }

    private func text(_ name: String) -> String? {
        guard let text = metadata[name]?.string, !text.isEmpty else { return nil }
        return text
    }

    /// Throws `NOT_FOUND` where the tenant has none of that id, `GONE` where it has expired.
    static func find(_ id: UUID, _ database: TenantDatabase) async throws -> ResumableUpload {
        guard let row = try await database.rows(ResumableSQL.find, .uuid(id), .float8(grace)).first else {
            throw AppError(.notFound, "There is no such upload")
        }
        guard try row.bool(6) else { throw AppError(.gone, "This upload has expired; begin it anew") }
        return ResumableUpload(
            id: id, length: Int(try row.int64(0)), received: Int(try row.int64(1)), parts: Int(try row.int32(2)),
            metadata: try JSON.read(Array(try row.text(3).utf8)).object ?? [:], file: row.isNull(4) ? nil : try row.uuid(4),
            expiresAt: try row.timestamp(5))
    }

    /// What the objects of all its pieces begin with.
    static func prefix(_ id: UUID) -> String { "resumable/\(id)/" }

    /// The header lines that say how far it is.
    var headers: [HeaderField] {
        [
            HeaderField(name: "upload-offset", value: "\(received)"), HeaderField(name: "upload-length", value: "\(length)"),
            HeaderField(name: "upload-expires", value: expiresAt.withWeekday(zone: "GMT")), HeaderField(name: "cache-control", value: "no-store"),
        ]
    }
}
