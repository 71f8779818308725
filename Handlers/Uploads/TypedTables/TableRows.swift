public import Tabular

/// Turns what a sheet or JSON holds into the data of a table: leaves out the header, what stands above it, and empty records, and numbers the others
/// from 0.
public struct TableRows: Sendable {
    /// What is known of the table: of a sheet only behind its first records.
    public private(set) var shape: SheetShape?
    private var held: [TypedBatch] = []
    private var heldRecords = 0
    private var ready: [RecordBatch] = []
    /// Records with something in them that are still to be left out.
    private var left = 0
    private var count = 0

    /// The rows of a table whose shape is to be found; of JSON there is none to find.
    public init(isSheet: Bool) { if !isSheet { shape = SheetShape() } }

    /// The rows of a table whose shape was found before.
    public init(_ shape: SheetShape) {
        self.shape = shape
        left = shape.skipRows + shape.headerRows
    }

    /// Takes the next records.
    public mutating func add(_ batch: TypedBatch) {
        guard shape == nil else { return pass(batch) }
        held.append(batch)
        for record in 0..<batch.records.count where !batch.records.fields(of: record).isEmpty { heldRecords += 1 }
        if heldRecords >= SheetShape.sampleRecords { decide() }
    }

    /// Says that the table ends here.
    public mutating func finish() { if shape == nil { decide() } }

    /// The next data records; nil where there are none yet.
    public mutating func next() -> RecordBatch? { ready.isEmpty ? nil : ready.removeFirst() }

    private mutating func decide() {
        var sample: [SampleRecord] = []
        for batch in held {
            for record in 0..<batch.records.count where sample.count < SheetShape.sampleRecords {
                if let found = SampleRecord(batch, record) { sample.append(found) }
            }
        }
        let found = SheetShape(sample)
        shape = found
        left = found.skipRows + found.headerRows
        for batch in held { pass(batch) }
        held = []
    }

    private mutating func pass(_ batch: TypedBatch) {
        let records = batch.records
        let isWhole = left == 0 && (0..<records.count).allSatisfy { !records.fields(of: $0).isEmpty }
        var kept = isWhole ? records : RecordBatch()
        kept.firstRecord = count
        if !isWhole {
            for record in 0..<records.count where !records.fields(of: record).isEmpty {
                guard left == 0 else {
                    left -= 1
                    continue
                }
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
