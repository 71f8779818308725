import HandlerKit

/// Resumable uploads, by tus 1.0 with `creation`, `expiration`, `checksum` and `termination`: a client that was cut off asks how far its file is, and
/// goes on from there.
///
/// `POST` with `Upload-Length` begins one and answers its address; `PATCH` brings the bytes from `Upload-Offset` on, `HEAD` says how far it is, `DELETE`
/// gives it up. What came of a piece when its connection broke counts. An upload that is complete is a file; one that nobody goes on with goes after a
/// day.
///
/// Errors: 400 for headers that are none, 404 and 410 for an upload that is not there or no more, 409 for another offset, 412 for another version, 413
/// above 1 GiB, 415 for another kind of body, 429 for too many unfinished ones, 460 for a wrong checksum, 507 where there is no room.
struct ResumableRoutes: Sendable {
    struct Path: Decodable, Sendable {
        let upload: UUID

        enum CodingKeys: String, CodingKey { case upload = "upload_id" }
    }

    /// How far an upload is.
    struct Progress: Codable, Sendable {
        let id: UUID
        let length: Int
        let offset: Int
        @OrNull var fileID: UUID?
        let expiresAt: Timestamp

        enum CodingKeys: String, CodingKey {
            case id, length, offset
            case fileID = "file_id"
            case expiresAt = "expires_at"
        }

        init(_ upload: ResumableUpload) {
            (id, length, offset, fileID, expiresAt) = (upload.id, upload.length, upload.received, upload.file, upload.expiresAt)
        }
    }

    private static let address = "/files/resumable"

    @RoutesBuilder var routes: [Route] {
        Route.options(Self.address, access: .anonymous, summary: "What resumable uploads can do") { (_: NoInput, _) in Self.abilities }
        Route.options("\(Self.address)/{upload_id}", access: .anonymous, summary: "What resumable uploads can do") { (_: NoInput, _) in
            Self.abilities
        }

        Route.post(
            Self.address, access: .bearer("data:write"), summary: "Begin a resumable upload (tus 1.0)", status: 201, body: .none,
            quota: [.uploads, .storedBytes]
        ) { (_: NoInput, invocation) in try await Self.create(invocation) }

        // Answers HEAD, too. It may have to finish an upload whose last piece was taken by a process that died.
        Route.get("\(Self.address)/{upload_id}", access: .bearer("data:write"), summary: "How far a resumable upload is", writes: true) {
            (path: Path, invocation) in
            try TusHeaders.checkVersion(invocation.request)
            let found = try await ResumableUpload.find(path.upload, invocation.database)
            let upload = try await PieceReceiver(invocation: invocation).finish(found)
            var response = try Response.json(Progress(upload))
            response.headers += upload.headers
            return response
        }

        Route.patch(
            "\(Self.address)/{upload_id}", access: .bearer("data:write"), summary: "Bring a piece of a resumable upload", status: 204,
            body: .bytes(limit: TusHeaders.maximumSize, evenInPart: true)
        ) { (path: Path, invocation) in try await Self.append(path.upload, invocation) }

        Route.delete("\(Self.address)/{upload_id}", access: .bearer("data:write"), summary: "Give up a resumable upload", status: 204) {
            (path: Path, invocation) in try await Self.remove(path.upload, invocation)
        }

        // For clients that can send nothing but GET and POST.
        Route.post(
            "\(Self.address)/{upload_id}", access: .bearer("data:write"), summary: "PATCH or DELETE, as X-HTTP-Method-Override says", status: 204,
            body: .bytes(limit: TusHeaders.maximumSize, evenInPart: true)
        ) { (path: Path, invocation) in
            switch invocation.request.header("x-http-method-override")?.uppercased() {
            case "PATCH": return try await Self.append(path.upload, invocation)
            case "DELETE": return try await Self.remove(path.upload, invocation)
            default: throw AppError.invalid("X-HTTP-Method-Override", "expected PATCH or DELETE")
            }
        }
    }

    private static let abilities = Response(
        status: 204,
        headers: [
            HeaderField(name: "tus-resumable", value: TusHeaders.version), HeaderField(name: "tus-version", value: TusHeaders.version),
            HeaderField(name: "tus-extension", value: TusHeaders.extensions), HeaderField(name: "tus-max-size", value: "\(TusHeaders.maximumSize)"),
            HeaderField(name: "tus-checksum-algorithm", value: PieceChecksum.algorithms),
        ], body: .bytes([]))

    private static func create(_ invocation: Invocation) async throws -> Response {
        try TusHeaders.checkVersion(invocation.request)
        guard invocation.request.header("upload-defer-length") == nil else {
            throw AppError.invalid("Upload-Defer-Length", "expected Upload-Length: the length must be known at the beginning")
        }
        let length = try TusHeaders.number("Upload-Length", of: invocation.request, in: 1...TusHeaders.maximumSize)
        let metadata = try TusHeaders.metadata(invocation.request.header("upload-metadata"))
        let id = invocation.makeID()
        let expiresAt = try await invocation.database.interactive { transaction in
            let rows = try await transaction.rows(
                ResumableSQL.create, .uuid(id), .id(invocation.principal.user), .int64(Int64(length)),
                .json(Array(JSONValue.object(metadata).description.utf8)), .float8(ResumableUpload.lifetime), .int32(ResumableUpload.mostOpen))
            guard let expiresAt = try rows.first?.timestamp(0) else {
                throw AppError(.tooManyRequests, "At most \(ResumableUpload.mostOpen) uploads may be unfinished at once; finish or remove one")
            }
            _ = try await transaction.batch([ResumableExpiry.due(id)])
            return expiresAt
        }
        let upload = ResumableUpload(id: id, length: length, received: 0, parts: 0, metadata: metadata, file: nil, expiresAt: expiresAt)
        return Response(
            status: 201, headers: upload.headers + [HeaderField(name: "location", value: "/api/v1\(address)/\(id)")], body: .bytes([]))
    }

    private static func append(_ id: UUID, _ invocation: Invocation) async throws -> Response {
        try TusHeaders.checkVersion(invocation.request)
        guard invocation.idempotencyKey == nil else {
            throw AppError(.badRequest, "A piece is repeated by its Upload-Offset; leave Idempotency-Key out")
        }
        let type = invocation.request.header("content-type")?.prefix { $0 != ";" }.lowercased()
        guard type == TusHeaders.bodyType else { throw AppError(.unsupportedMedia, "Send a piece as \(TusHeaders.bodyType)") }
        let offset = try TusHeaders.number("Upload-Offset", of: invocation.request, in: 0...TusHeaders.maximumSize)
        let upload = try await PieceReceiver(invocation: invocation).take(id, at: offset)
        return Response(status: 204, headers: upload.headers, body: .bytes([]))
    }

    private static func remove(_ id: UUID, _ invocation: Invocation) async throws -> Response {
        try TusHeaders.checkVersion(invocation.request)
        guard try await !invocation.database.rows(ResumableSQL.remove, .uuid(id)).isEmpty else {
            throw AppError(.notFound, "There is no such upload")
        }
        for object in try await invocation.objects.list(prefix: ResumableUpload.prefix(id)).objects {
            try await invocation.objects.delete(object.name)
        }
        return .noContent
    }
}
