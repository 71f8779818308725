import HandlerKit
import Synchronization
import Tabular

/// The rows of a file, batch after batch, parsed beside the thread that talks to the database.
actor BatchSource {
    /// Runs a piece of work on another thread.
    typealias Offload = @Sendable (@escaping @Sendable () throws -> [ValueBatch]) async throws -> [ValueBatch]

    private let file: UploadedFile
    private let offload: Offload
    private let table = ParsedTable()
    private var ready: [ValueBatch] = []
    private var ended = false

    init(_ file: UploadedFile, offload: @escaping Offload) {
        self.file = file
        self.offload = offload
    }

    /// The next batch; nil behind the last. Throws `UNPROCESSABLE_FILE` where the file cannot be read.
    func next() async throws -> ValueBatch? {
        while ready.isEmpty, !ended {
            let piece = try await file.next()
            ended = piece == nil
            ready = try await offload { [table] in try table.read(piece) }
            // Once the layout is known the file is read here and nowhere else.
            if !ready.isEmpty { await file.forget() }
        }
        return ready.isEmpty ? nil : ready.removeFirst()
    }

    /// What the columns hold. Known behind the first batch.
    func layout() throws -> TableLayout {
        guard let layout = table.layout else { throw AppError(.internalError, detail: "a batch came before the layout") }
        return layout
    }

    /// What was read so far.
    var summary: TableSummary { table.summary }
}

/// A table's reader, handed from thread to thread.
private final class ParsedTable: Sendable {
    private let reader = Mutex(TableReader())

    /// The batches that a piece of the file completes; nil is its end.
    func read(_ piece: [UInt8]?) throws -> [ValueBatch] {
        try reader.withLock { reader in
            try (piece.map { bytes throws(AppError) in try reader.read(bytes) } ?? reader.finish()).map { ValueBatch($0) }
        }
    }

    var layout: TableLayout? { reader.withLock { $0.layout } }
    var summary: TableSummary { reader.withLock { $0.summary } }
}
