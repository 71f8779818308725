import HandlerKit
import Tokens

/// Takes one piece of an upload: its bytes become an object, then a row moves the upload on. In between no connection of the database is held.
///
/// Killed at any step, the upload is where it was or one piece further. Of two that bring the same piece at once one counts.
struct PieceReceiver: Sendable {
    let invocation: Invocation

    /// Takes the body as the piece at an offset; how far the upload is then.
    func take(_ id: UUID, at offset: Int) async throws -> ResumableUpload {
        var upload = try await ResumableUpload.find(id, invocation.database)
        guard offset == upload.received else {
            throw AppError(
                .conflict, "This upload is at byte \(upload.received), not at \(offset)", facts: ["offset": .integer(Int64(upload.received))])
        }
        let checksum = try PieceChecksum(invocation.request.header("upload-checksum"))
        if upload.isComplete { return try await finish(upload) }
        let room = upload.length - upload.received
        guard invocation.body.length <= room else {
            throw AppError(.tooLarge, "This upload lacks \(room) bytes, fewer than the \(invocation.body.length) that came")
        }
        let name = "\(ResumableUpload.prefix(id))\(offset)-\(invocation.makeID())"
        let size = try await store(name, checksum)
        guard size > 0 else { return upload }
        let rows: Rows
        do {
            rows = try await invocation.database.transaction([
                Call(ResumableSQL.add, [.uuid(id), .int64(Int64(offset)), .int64(Int64(size)), .text(name), .float8(ResumableUpload.lifetime)]),
                ResumableExpiry.due(id),
            ])[0]
        } catch {
            // Whether it was committed is not known where the connection was lost: then the piece stays, and goes with the upload.
            if let error = error as? AppError, [.conflict, .quotaExceeded].contains(error.code) { try? await invocation.objects.delete(name) }
            throw error
        }
        guard let row = rows.first else {
            try? await invocation.objects.delete(name)
            throw AppError(.conflict, "Another request brought this piece at the same time")
        }
        (upload.received, upload.parts, upload.expiresAt) = (offset + size, upload.parts + 1, try row.timestamp(0))
        return upload.isComplete ? try await finish(upload) : upload
    }

    /// Where all bytes are there, makes the file of them, unless that was done. May be asked again and again.
    func finish(_ upload: ResumableUpload) async throws -> ResumableUpload {
        guard upload.isComplete, upload.file == nil else { return upload }
        let rows = try await invocation.database.rows(ResumableSQL.parts, .uuid(upload.id))
        let objects = try rows.map { try $0.text(0) }
        // Somebody else may have finished it in between.
        guard objects.count == upload.parts else { return try await ResumableUpload.find(upload.id, invocation.database) }
        let file = try await FinishedUpload.makeFile(of: objects, upload, invocation)
        _ = try await invocation.database.transaction([
            Call(ResumableSQL.complete, [.uuid(upload.id), .uuid(file)]), Call(ResumableSQL.removeParts, [.uuid(upload.id)]),
        ])
        for object in objects { try? await invocation.objects.delete(object) }
        return try await ResumableUpload.find(upload.id, invocation.database)
    }

    /// The body as an object, unless its checksum is another. Returns how long it is.
    private func store(_ name: String, _ checksum: PieceChecksum?) async throws -> Int {
        guard invocation.body.length > 0 else {
            if checksum != nil { throw AppError(.badRequest, "A checksum of no bytes") }
            return 0
        }
        let info = try await invocation.objects.put(name) { writer in
            switch checksum {
            case nil: for try await piece in invocation.body { try await writer.write(piece) }
            case .sha1(let expected):
                var hash = SHA1()
                for try await piece in invocation.body {
                    hash.update(piece)
                    try await writer.write(piece)
                }
                guard hash.finalize() == expected else { throw AppError(.checksumMismatch) }
            case .sha256(let expected):
                var hash = SHA256()
                for try await piece in invocation.body {
                    hash.update(piece)
                    try await writer.write(piece)
                }
                guard hash.finalize().bytes == expected else { throw AppError(.checksumMismatch) }
            }
        }
        return info.size
    }
}
