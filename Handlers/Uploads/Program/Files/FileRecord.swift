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
    let size: Int?
    let mimeType: String
    /// What its bytes say it is; nil until that is known.
    let kind: String?
    /// 64 hexadecimal digits; nil until all of it is kept.
    let sha256: String?
    let status: Status
    /// How much of it was looked at, from 0 to 1.
    let progress: Double
    /// Why it failed.
    let error: JSONValue?
    /// What was found, in short: tables with their rows and columns, warnings.
    let summary: JSONValue?
    let metadata: JSONValue
    let userID: UUID
    let createdAt: Timestamp
    let updatedAt: Timestamp
    /// True in the answer to an upload whose bytes were there already; else left out.
    var duplicate: Bool?

    enum CodingKeys: String, CodingKey {
        case id, name, size, kind, sha256, status, progress, error, summary, metadata, duplicate
        case originalName = "original_name"
        case mimeType = "mime_type"
        case userID = "user_id"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    /// Of the columns that ``FilesSQL`` names, from a place on.
    init(_ row: Row) throws {
        id = try row.uuid(0)
        name = try row.text(1)
        originalName = try row.text(2)
        size = try row.optionalInt64(3).map(Int.init)
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

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(name, forKey: .name)
        try container.encode(originalName, forKey: .originalName)
        try container.encode(size, forKey: .size)
        try container.encode(mimeType, forKey: .mimeType)
        try container.encode(kind, forKey: .kind)
        try container.encode(sha256, forKey: .sha256)
        try container.encode(status, forKey: .status)
        try container.encode(progress, forKey: .progress)
        try container.encode(error, forKey: .error)
        try container.encode(summary, forKey: .summary)
        try container.encode(metadata, forKey: .metadata)
        try container.encode(userID, forKey: .userID)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(updatedAt, forKey: .updatedAt)
        try container.encodeIfPresent(duplicate, forKey: .duplicate)
    }
}

/// Some files, the newest first.
struct FileList: Codable, Sendable {
    let files: [FileRecord]
    /// What to pass as `after` for the next ones; null behind the last.
    let next: UUID?

    enum CodingKeys: CodingKey { case files, next }

    init(files: [FileRecord], next: UUID?) {
        self.files = files
        self.next = next
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(files, forKey: .files)
        try container.encode(next, forKey: .next)
    }
}
