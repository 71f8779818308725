import HandlerKit
import Imports
import Tabular

/// Runs an import from its row to its result.
struct ImportWorkRun: Sendable {
    private let id: UUID
    private let begun: Int
    private let invocation: SystemInvocation

    init(_ id: UUID, _ begun: Int, _ invocation: SystemInvocation) {
        self.id = id
        self.begun = begun
        self.invocation = invocation
    }

    func run() async throws {
        let database = try invocation.database
        guard let row = try await database.rows(ImportsSQL.run, .uuid(id)).first else { return }
        let attempt = try row.int32(0)
        do {
            guard begun <= WorkFailure.mostAttempts else { throw WorkFailure.gaveUp }
            guard try !row.bool(4) else { throw AppError(.cancelled, "The import was cancelled") }
            guard let file = try row.optionalUUID(1) else { throw AppError(.notFound, "The file was removed") }
            try await write(file, JSON.decode(ImportMapping.self, from: try JSON.read(try row.json(3))), attempt, isDryRun: try row.bool(2))
        } catch let error as AppError where error.code == .cancelled {
            // Not its owner, but the gateway has ended this call, as one that stops does; another one goes on.
            if Task.isCancelled { throw error }
            // Where somebody else has begun anew this changes nothing.
            try await end(attempt, "cancelled", error)
        } catch let error as AppError {
            guard WorkFailure.isWorthTrying(error, behind: attempt) else { return try await end(attempt, "failed", error) }
            // It is not the file's fault. The work is made anew, so that this does not count as an end of the process.
            guard try await !database.rows(ImportsSQL.goesOn, .uuid(id), .int32(attempt)).isEmpty else { throw error }
            _ = try await database.rows(FilesSQL.addWork, .text("import"), .uuid(id), .float8(WorkFailure.wait(behind: attempt)))
        }
    }

    private func write(_ file: UUID, _ mapping: ImportMapping, _ attempt: Int32, isDryRun: Bool) async throws {
        let database = try invocation.database
        guard let row = try await database.rows(FilesSQL.content, .uuid(file)).first else { throw AppError(.notFound, "The file was removed") }
        let offload = Offloading { try await invocation.offload($0) }
        guard let report = try await FileReport.of(row, offload) else {
            // It is read anew at this moment.
            guard ["pending", "processing"].contains(try row.text(3)) else { throw AppError(.unprocessableFile, "The file is \(try row.text(3))") }
            throw AppError(.unavailable, "The file is read anew")
        }
        let (plan, table) = try await offload {
            (try ImportPlan(mapping, columns: try report.columns(of: mapping.table)), try report.table(mapping.table))
        }
        let bytes = StoredBytes(invocation.objects, FileIntake.object(file), size: Int(try row.int64(2)))
        let batches = FileTables.open(table, of: report.fileName, bytes, offload)
        let writer = ImportWriter(
            importID: id, attempt: attempt, isDryRun: isDryRun, database: database, makeID: { invocation.makeID() })
        _ = try await writer.write(ImportSource(batches, plan, totals: Set(table.profile.totalRows.map(\.record)), offload))
    }

    private func end(_ attempt: Int32, _ status: String, _ error: AppError) async throws {
        _ = try await invocation.database.rows(
            ImportsSQL.end, .uuid(id), .int32(attempt), .text(status), WorkFailure.stored(error), .null)
    }
}
