import HandlerKit

/// `POST /imports/{import_id}/undo`: takes an import back. What it replaced stands again, what it added goes.
///
/// Here and not beside the imports, since it deletes values: no process that reads clients' files may.
enum UndoRoute {
    static let route = Route.post(
        "/imports/{import_id}/undo", access: .bearer("data:write"), summary: "Take an import back: what it replaced stands again", body: .none
    ) { (path: ImportPath, invocation: Invocation) async throws -> UndoneImport in
        try await invocation.database.interactive { try await undo(path.id, invocation, $0) }
    }

    private static func undo(_ id: UUID, _ invocation: Invocation, _ transaction: Transaction) async throws -> UndoneImport {
        guard let claimed = try await transaction.rows(UndoSQL.claim, .uuid(id)).first else {
            throw AppError(.notFound, "There is no such import")
        }
        let status = try claimed.text(0)
        guard status == "completed", try !claimed.bool(1) else {
            throw AppError(
                .conflict,
                try claimed.bool(1) ? "A dry run has stored nothing" : "The import is \(status); only one that is completed can be taken back")
        }
        let results = try await transaction.batch(
            UndoSQL.steps.map { Call($0, [.uuid(id)]) } + [
                invocation.audit("import.undone", target: ("import", id)), Call(UndoSQL.mark, [.uuid(id)]),
            ])
        guard results.last?.first != nil else { throw AppError(.internalError, detail: "a claimed import could not be marked") }
        return UndoneImport(id: id)
    }
}

/// An import as a path names it.
struct ImportPath: Decodable, Sendable {
    let id: UUID

    enum CodingKeys: String, CodingKey { case id = "import_id" }
}

/// An import that was taken back; `GET /imports/{import_id}` says the rest.
struct UndoneImport: Codable, Sendable {
    let id: UUID
    var status = "undone"
}
