import HandlerKit

/// Keeps a file: its row first, then its bytes as an object, then both together from the moment on in which they are whole.
///
/// Whatever dies in between, the bytes are removed within a day and nobody has seen the file.
struct FileIntake: Sendable {
    private let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    /// How long bytes of which nobody says that they are whole may lie there, in seconds.
    private static let patience: Double = 86_400

    /// The object that holds a file's bytes.
    static func object(_ file: UUID) -> String { "files/\(file)" }

    /// Takes a file that arrives.
    func take(_ file: UploadedFile, _ query: UploadQuery) async throws -> Response {
        try FileAnalysis.check(query.overrides)
        let head = try await head(of: file)
        let kind = try FileSort.detect(head, name: file.name)
        let id = invocation.makeID()
        try await begin(id, name: file.name, mimeType: file.mimeType, overrides: query.overrides, into: file.business)
        do {
            let info = try await invocation.objects.put(Self.object(id)) { writer in
                while let piece = try await file.next() { try await writer.write(piece) }
            }
            let (kept, isNew) = try await finish(id, info, kind)
            var response = try Response.json(kept, status: isNew ? 202 : 200)
            if isNew { response.headers.append(HeaderField(name: "location", value: "/api/v1/files/\(id)")) }
            return response
        } catch {
            try? await drop(id)
            throw error
        }
    }

    /// Makes a file of objects in their order, under an id of the caller's. Asked again, after a death or at the same time, it comes to the same file; that
    /// is another one where the tenant has the same bytes already. `instead`: what is done with the commit that keeps it, for what it takes the place of.
    func adopt(
        _ id: UUID, parts: [String], name: String?, mimeType: String, into business: UUID? = nil, instead: [Call] = []
    ) async throws -> FileRecord {
        if let row = try await invocation.database.rows(FilesSQL.show, .uuid(id)).first { return try FileRecord(row) }
        do {
            try await begin(id, name: name, mimeType: mimeType, into: business)
        } catch let error as AppError where error.code == .conflict {
            // Begun before; it goes on here.
        }
        let info = try await invocation.objects.join(parts, as: Self.object(id))
        let bytes = StoredBytes(invocation.objects, Self.object(id), size: info.size)
        do {
            let kind = try FileSort.detect(try await bytes.bytes(0..<Self.headBytes), name: name)
            await bytes.close()
            return try await finish(id, info, kind, instead).file
        } catch {
            try? await drop(id)
            throw error
        }
    }

    /// A file of which no byte is there yet. Throws `NOT_FOUND` where the tenant has no such business.
    private func begin(_ id: UUID, name: String?, mimeType: String, overrides: JSONObject = [:], into business: UUID?) async throws {
        let name = Self.clean(name ?? "") ?? "upload"
        let results = try await invocation.database.transaction([
            Call(
                FilesSQL.begin,
                [
                    .uuid(id), .id(invocation.principal.user), .text(name), .text(name),
                    .text(String(mimeType.prefix(255).filter { $0.isASCII && $0 >= " " })),
                    .json(Array(JSONValue.object(overrides).description.utf8)), .json(Array("{}".utf8)), .optional(business, Bind.uuid),
                ]),
            Call(FilesSQL.addWork, [.text("remove"), .uuid(id), .float8(Self.patience)]),
        ])
        guard !results[0].isEmpty else {
            // Nothing is to be removed either.
            _ = try await invocation.database.rows(FilesSQL.dropWork, .text("remove"), .uuid(id))
            throw AppError(.notFound, "There is no such business")
        }
    }

    /// All bytes of a file are kept. Where the same bytes are there already the answer is their file, and these go.
    private func finish(_ id: UUID, _ info: ObjectInfo, _ kind: FileSort, _ instead: [Call] = []) async throws -> (file: FileRecord, isNew: Bool) {
        if let kept = try await keep(id, info.size, info.sha256, kind, instead) { return (kept, true) }
        guard let row = try await invocation.database.rows(FilesSQL.same, .bytes(Hex.decode(info.sha256) ?? [])).first else {
            throw AppError(.conflict, "The same file came at the same time; send it again")
        }
        var there = try FileRecord(row)
        // Asked again for the same file.
        if there.id == id { return (there, true) }
        there.duplicate = true
        try await drop(id)
        return (there, false)
    }

    /// Nil where another file has the same bytes.
    private func keep(_ id: UUID, _ size: Int, _ sha256: String, _ kind: FileSort, _ instead: [Call]) async throws -> FileRecord? {
        do {
            return try await invocation.database.interactive { transaction in
                if !instead.isEmpty { _ = try await transaction.batch(instead) }
                let rows = try await transaction.rows(
                    FilesSQL.keep, .uuid(id), .int64(Int64(size)), .bytes(Hex.decode(sha256) ?? []), .text(kind.rawValue))
                guard let row = rows.first else { throw AppError(.conflict, "The same bytes are there already") }
                let file = try FileRecord(row)
                _ = try await transaction.batch([
                    invocation.consume(.uploads),
                    Call(FilesSQL.addWork, [.text("read"), .uuid(id), .float8(0)]),
                    Call(FilesSQL.dropWork, [.text("remove"), .uuid(id)]),
                    invocation.audit(
                        "file.uploaded", target: ("file", id),
                        details: ["name": .string(file.name), "size": .integer(Int64(size)), "sha256": .string(sha256)]),
                ])
                return file
            }
        } catch let error as AppError where error.code == .conflict {
            // Somebody else's row with the same bytes was committed in between.
            return nil
        }
    }

    /// A file that is not kept: the row goes now, its bytes soon. One that was kept after all, where the answer to the commit was lost, stays.
    private func drop(_ id: UUID) async throws {
        _ = try await invocation.database.transaction([
            Call(FilesSQL.removeUnfinished, [.uuid(id)]), Call(FilesSQL.addWork, [.text("remove"), .uuid(id), .float8(0)]),
        ])
    }

    /// So many of the first bytes say what a file is.
    private static let headBytes = 64 << 10

    private func head(of file: UploadedFile) async throws -> [UInt8] {
        var head: [UInt8] = []
        while head.count < Self.headBytes, let piece = try await file.next() { head += piece }
        await file.rewind()
        await file.forget()
        guard !head.isEmpty else { throw AppError(.unprocessableFile, "The file is empty", issues: [.init(field: "file", issue: "holds no byte")]) }
        return head
    }

    /// A name that can be shown: without folders and controls, at most 255 characters; nil where nothing is left.
    static func clean(_ name: String) -> String? {
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        var scalars = String.UnicodeScalarView()
        for scalar in last.unicodeScalars.prefix(255) where !pretends(scalar) { scalars.append(scalar) }
        let clean = String(scalars)
        return clean.isEmpty || clean == "." || clean == ".." ? nil : clean
    }

    /// Controls and marks that turn the direction of writing.
    private static func pretends(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
