public import Tabular

/// Turns what a sheet or JSON holds into the data of a table: leaves out the header, what stands above it, and empty rows, and numbers the others
/// from 0.
public struct TableRows: Sendable {
    /// What is known of the table: of a sheet only behind its first rows.
    public private(set) var shape: SheetShape?
    private var sample = SheetSample()
    private var held: [TypedBatch] = []
    private var ready: [RecordBatch] = []
    private var count = 0

    /// The rows of a table whose shape is to be found; of JSON there is none to find.
    public init(isSheet: Bool) { if !isSheet { shape = SheetShape() } }

    /// The rows of a table whose shape was found before.
    public init(_ shape: SheetShape) { self.shape = shape }

    /// Takes the next rows.
    public mutating func add(_ batch: TypedBatch) {
        guard shape == nil else { return pass(batch) }
        held.append(batch)
        sample.add(batch)
        if sample.isFull { decide() }
    }

    /// Says that the table ends here.
    public mutating func finish() { if shape == nil { decide() } }

    /// The next rows of data; nil where there are none yet.
    public mutating func next() -> RecordBatch? { ready.isEmpty ? nil : ready.removeFirst() }

    private mutating func decide() {
        shape = SheetShape(sample)
        for batch in held { pass(batch) }
        held = []
    }

    private mutating func pass(_ batch: TypedBatch) {
        let records = batch.records
        let first = shape?.firstLine ?? 1
        let isWhole = (0..<records.count).allSatisfy { records.lines[$0] >= first && !records.fields(of: $0).isEmpty }
        var kept = isWhole ? records : RecordBatch()
        kept.firstRecord = count
        if !isWhole {
            for record in 0..<records.count where records.lines[record] >= first && !records.fields(of: record).isEmpty {
                for field in records.fields(of: record) {
                    if records.isNull(field) { kept.appendNull() } else { records.withField(field) { kept.append($0) } }
                }
                kept.endRecord(line: records.lines[record])
            }
        }
        count += kept.count
        if !kept.isEmpty { ready.append(kept) }
    }
}
