import HandlerKit
import Imports
import Synchronization
import Tabular

/// The values of a table, chunk after chunk, made beside the thread that talks to the database.
actor ImportSource {
    private let batches: any TableBatches
    private let offload: Offloading
    private let work: ImportWork
    private var ready: [ImportChunk] = []
    private var ended = false

    init(_ batches: any TableBatches, _ plan: ImportPlan, totals: Set<Int>, _ offload: Offloading) {
        self.batches = batches
        self.offload = offload
        work = ImportWork(RowMapper(plan, totals: totals))
    }

    /// The next chunk; nil behind the last. Throws `UNPROCESSABLE_FILE` where the file cannot be read.
    func next() async throws -> ImportChunk? {
        while ready.isEmpty, !ended {
            let next = try await batches.next()
            ended = next == nil
            ready = try await offload { [work] in try work.read(next) }
        }
        return ready.isEmpty ? nil : ready.removeFirst()
    }

    /// What was read so far.
    var mapper: RowMapper { work.mapper }
}

/// What turns records into chunks, handed from thread to thread.
private final class ImportWork: Sendable {
    private struct State {
        var mapper: RowMapper
        var seriesTaken = 0

        /// One for each kind of aggregation; the first one brings the new series of all.
        mutating func takeChunks() -> [ImportChunk] {
            let new = Array(mapper.series.series[seriesTaken...])
            seriesTaken = mapper.series.series.count
            return mapper.take().enumerated().map { ImportChunk($0.element, newSeries: $0.offset == 0 ? new : []) }
        }
    }

    private let state: Mutex<State>

    init(_ mapper: RowMapper) { state = Mutex(State(mapper: mapper)) }

    /// The chunks that records complete; nil is the table's end.
    func read(_ batches: [RecordBatch]?) throws -> [ImportChunk] {
        try state.withLock { state throws(AppError) in
            var chunks: [ImportChunk] = []
            for batch in batches ?? [] {
                try state.mapper.read(batch)
                if state.mapper.waiting >= ImportChunk.values { chunks += state.takeChunks() }
            }
            if batches == nil, state.mapper.waiting > 0 { chunks += state.takeChunks() }
            return chunks
        }
    }

    var mapper: RowMapper { state.withLock { $0.mapper } }
}
