import Tabular

/// The records of one table of a file, batch after batch.
protocol TableBatches: Sendable {
    /// The next ones; nil behind the last. Throws `UNPROCESSABLE_FILE` with the place where the file cannot be read.
    func next() async throws -> [RecordBatch]?
}
