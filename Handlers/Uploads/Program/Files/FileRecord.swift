import HandlerKit

/// A file as its owner sees it.
struct FileRecord: Codable, Sendable {
    /// What becomes of a file.
    enum Status: String, Codable, Sendable, CaseIterable {
        case pending, processing, completed, failed, cancelled
    }

    let id: UUID
    let name: String
    let originalName: String
    /// In bytes; nil until all of it is kept.
    @OrNull var size: Int?
    let mimeType: String
    /// What its bytes say it is; nil until that is known.
    @OrNull var kind: String?
    /// 64 hexadecimal digits; nil until all of it is kept.
    @OrNull var sha256: String?
    let status: Status
    /// How much of it was looked at, from 0 to 1.
    let progress: Double
    /// Why it failed.
    @OrNull var error: JSONValue?
    /// What was found, in short: tables with their rows and columns, warnings.
    @OrNull var summary: JSONValue?
    let metadata: JSONValue
    let userID: UUID
    let createdAt: Timestamp
    let updatedAt: Timestamp
    /// True in the answer to an upload whose bytes were there already; else left out.
    var duplicate: Bool?

    enum CodingKeys: String, CodingKey {
        case id, name
        case originalName = "original_name"
        case size
        case mimeType = "mime_type"
        case kind, sha256, status, progress, error, summary, metadata
        case userID = "user_id"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case duplicate
    }

    /// Of the columns that ``FilesSQL`` names, from a place on.
    init(_ row: Row) throws {
        id = try row.uuid(0)
        name = try row.text(1)
        originalName = try row.text(2)
        let size = try row.optionalInt64(3).map(Int.init)
        self.size = size
        mimeType = try row.text(4)
        kind = try row.optionalText(5)
        sha256 = try row.optionalText(6)
        status = Status(rawValue: try row.text(7)) ?? .failed
        let read = try row.int64(8)
        progress = status == .completed ? 1 : size.map { $0 > 0 ? min(Double(read) / Double($0), 1) : 0 } ?? 0
        error = try row.optionalJSON(9).map { try JSON.read($0) }
        summary = try row.optionalJSON(10).map { try JSON.read($0) }
        metadata = try JSON.read(try row.json(11))
        userID = try row.uuid(12)
        createdAt = try row.timestamp(13)
        updatedAt = try row.timestamp(14)
    }
}

/// Some files, the newest first.
struct FileList: Codable, Sendable {
    let files: [FileRecord]
    /// What to pass as `after` for the next ones; null behind the last.
    @OrNull var next: UUID?
}
