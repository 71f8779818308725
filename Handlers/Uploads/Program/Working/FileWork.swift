import HandlerKit
import Imports

/// Reads a file once from end to end and keeps what was found.
struct FileWork: Sendable {
    private let id: UUID
    private let begun: Int
    private let invocation: SystemInvocation

    init(_ id: UUID, _ begun: Int, _ invocation: SystemInvocation) {
        self.id = id
        self.begun = begun
        self.invocation = invocation
    }

    /// Bytes between two notes of how far it is.
    private static let step = 8 << 20

    func run() async throws {
        let database = try invocation.database
        guard let row = try await database.rows(FilesSQL.beginReading, .uuid(id)).first else { return }
        let attempt = try row.int32(0)
        do {
            guard begun <= WorkFailure.mostAttempts else { throw WorkFailure.gaveUp }
            let overrides = try JSON.read(try row.json(2)).object ?? [:]
            let bytes = StoredBytes(invocation.objects, FileIntake.object(id), size: Int(try row.int64(1)))
            let report = try await FileAnalysis(name: try row.text(3), overrides: overrides, offload: offloading).run(bytes) { position in
                try await note(position, attempt)
            }
            try await complete(report, attempt, into: try row.optionalUUID(4), user: try row.uuid(5))
        } catch is Superseded {
            return
        } catch let error as AppError where error.code != .cancelled {
            if WorkFailure.isWorthTrying(error, behind: attempt) { return try await tryAgain(behind: attempt) }
            _ = try await database.rows(FilesSQL.fail, .uuid(id), .int32(attempt), WorkFailure.stored(error))
        }
    }

    /// It is not the file's fault. The work is made anew, so that this does not count as an end of the process.
    private func tryAgain(behind attempt: Int32) async throws {
        guard try await !invocation.database.rows(FilesSQL.progress, .uuid(id), .int32(attempt), .int64(0)).isEmpty else { return }
        _ = try await invocation.database.rows(FilesSQL.addWork, .text("read"), .uuid(id), .float8(WorkFailure.wait(behind: attempt)))
    }

    /// Somebody has cancelled or removed the file, or begun anew with it.
    private struct Superseded: Error {}

    private var offloading: Offloading { Offloading { try await invocation.offload($0) } }

    private func note(_ position: Int, _ attempt: Int32) async throws {
        let rows = try await invocation.database.rows(FilesSQL.progress, .uuid(id), .int32(attempt), .int64(Int64(position)))
        if rows.isEmpty { throw Superseded() }
    }

    /// Keeps what was found; where the file came with a business its import begins with the same commit.
    private func complete(_ report: FileReport, _ attempt: Int32, into business: UUID?, user: UUID) async throws {
        let stored = Bind.json(try await offloading { report.text })
        let importID = invocation.makeID()
        try await invocation.database.interactive { transaction in
            let rows = try await transaction.rows(FilesSQL.complete, .uuid(id), .int32(attempt), .text(report.kind), stored)
            guard !rows.isEmpty else { throw Superseded() }
            guard let business else { return }
            let mapping: ImportMapping
            do { mapping = try report.suggestion(for: business) } catch { return }
            _ = try await transaction.batch([
                Call(ImportsSQL.begin, [.uuid(importID), .uuid(id), .uuid(user), .bool(false), .json(try JSON.encode(mapping))]),
                Call(FilesSQL.addWork, [.text("import"), .uuid(importID), .float8(0)]),
            ])
        }
    }
}
