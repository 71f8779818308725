import HandlerKit

/// Removes an upload that nobody has gone on with, and every object of its pieces, whatever became of it.
enum ResumableExpiry {
    /// Has it looked at when it will have expired; put off with each piece.
    static func due(_ id: UUID) -> Call {
        Call(FilesSQL.addWork, [.text("expire"), .uuid(id), .float8(ResumableUpload.lifetime + ResumableUpload.grace)])
    }

    /// One that has moved on in the meantime is looked at again.
    static func run(_ id: UUID, _ invocation: SystemInvocation) async throws {
        let database = try invocation.database
        let results = try await database.transaction([
            Call(ResumableSQL.expire, [.uuid(id), .float8(ResumableUpload.grace)]),
            Call(ResumableSQL.find, [.uuid(id), .float8(ResumableUpload.grace)]),
        ])
        guard results[1].isEmpty else {
            _ = try await database.transaction([due(id)])
            return
        }
        while case let found = try await invocation.objects.list(prefix: ResumableUpload.prefix(id)).objects, !found.isEmpty {
            for object in found { try await invocation.objects.delete(object.name) }
        }
    }
}
