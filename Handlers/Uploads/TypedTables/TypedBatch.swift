public import Tabular

/// Some records of a table with the kind of each field.
public struct TypedBatch: Sendable {
    /// The fields as text. A record ends behind its last field that is not empty; in a sheet its line is its row.
    public internal(set) var records: RecordBatch
    /// What each field is, by its number in the batch.
    public internal(set) var kinds: [CellKind] = []

    init(firstRecord: Int) { records = RecordBatch(firstRecord: firstRecord) }
}
