import HandlerKit

/// Where an upload that came in pieces becomes a file like any other. The one place where resumable uploads meet files.
enum FinishedUpload {
    /// Makes a file of the bytes of `parts`, objects in their order, and answers its id; where the tenant has a file of the same bytes, that one's.
    ///
    /// May be asked again for the same upload, after a death or at the same time: it must come to the same file. What it throws is the answer to the
    /// sender; the upload stays complete, and is finished when it is asked for again.
    static func makeFile(of parts: [String], _ upload: ResumableUpload, _ invocation: Invocation) async throws -> UUID {
        try await FileIntake(invocation).adopt(
            upload.id, parts: parts, name: upload.name, mimeType: upload.contentType ?? "application/octet-stream", into: upload.business,
            // In the file's own transaction, so that no byte counts twice.
            instead: [Call(ResumableSQL.complete, [.uuid(upload.id), .uuid(upload.id)]), Call(ResumableSQL.removeParts, [.uuid(upload.id)])]
        ).id
    }
}
