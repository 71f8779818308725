public import Tabular

/// Turns what a sheet or JSON holds into the data of a table: leaves out the header, what stands above it, and empty rows, and numbers the others
/// from 0.
public struct TableRows: Sendable {
    /// What is known of the table: of a sheet only behind its first rows.
    public private(set) var shape: SheetShape?
    private var sample = SheetSample()
    private var held: [(batch: TypedBatch, rows: Range<Int>)] = []
    private var ready: [RecordBatch] = []
    private var count = 0

    /// The rows of a table whose shape is to be found; of JSON there is none to find.
    public init(isSheet: Bool) { if !isSheet { shape = SheetShape() } }

    /// The rows of a table whose shape was found before.
    public init(_ shape: SheetShape) { self.shape = shape }

    /// Takes the next rows.
    ///
    /// - Parameter rows: which of the batch; defaults to all of them.
    public mutating func add(_ batch: TypedBatch, _ rows: Range<Int>? = nil) {
        let rows = rows ?? 0..<batch.records.count
        guard shape == nil else { return pass(batch, rows) }
        held.append((batch, rows))
        sample.add(batch, rows)
        if sample.isFull { decide() }
    }

    /// Says that the table ends here.
    public mutating func finish() { if shape == nil { decide() } }

    /// The next rows of data; nil where there are none yet.
    public mutating func next() -> RecordBatch? { ready.isEmpty ? nil : ready.removeFirst() }

    private mutating func decide() {
        shape = SheetShape(sample)
        for (batch, rows) in held { pass(batch, rows) }
        held = []
    }

    private mutating func pass(_ batch: TypedBatch, _ rows: Range<Int>) {
        let records = batch.records
        let (first, last) = (shape?.firstLine ?? 1, shape?.lastLine ?? Int.max)
        var (isWhole, widest) = (rows.count == records.count, 0)
        for record in rows {
            let width = records.fields(of: record).count
            widest = max(widest, width)
            if records.lines[record] < first || records.lines[record] > last || width == 0 { isWhole = false }
        }
        if let known = shape?.columns, widest > known { shape?.columns = widest }
        var kept = isWhole ? records : RecordBatch()
        kept.firstRecord = count
        if !isWhole {
            for record in rows where (first...last).contains(records.lines[record]) && !records.fields(of: record).isEmpty {
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
