public import Tabular

/// The tables of a sheet one after the other, as data: without headers, what stands above them, and empty rows. JSON is one table.
public struct SheetTables: Sendable {
    /// What comes next of the sheet.
    public enum Step: Sendable {
        /// A table begins. More columns may be found behind its first rows.
        case begin(SheetShape)
        /// Some of its rows.
        case rows(RecordBatch)
        /// The table ends; its shape is known as a whole.
        case end(SheetShape)
    }

    private let isSheet: Bool
    private var cutter: SheetCutter?
    private var rows: TableRows
    private var hasBegun = false
    private var steps: [Step] = []
    private var lastLine = 0

    /// - Parameters:
    ///   - isSheet: whether the shape of its tables is to be found; of JSON there is none to find.
    ///   - mostTables: so many are told apart, at most 100, which is the default; the last one then goes on to the end.
    public init(isSheet: Bool, mostTables: Int = 100) {
        self.isSheet = isSheet
        cutter = isSheet ? SheetCutter(mostTables: mostTables) : nil
        rows = TableRows(isSheet: isSheet)
    }

    /// Takes the next rows.
    public mutating func add(_ batch: TypedBatch) {
        guard cutter != nil else { return pass(batch, 0..<batch.records.count) }
        cutter!.add(batch)
        drain()
    }

    /// Says that the sheet ends here.
    public mutating func finish() {
        cutter?.finish()
        drain()
        endTable(at: nil)
    }

    /// The next step; nil where there is none yet.
    public mutating func next() -> Step? { steps.isEmpty ? nil : steps.removeFirst() }

    private mutating func drain() {
        while let piece = cutter?.next() {
            switch piece {
            case .rows(let batch, let rows): pass(batch, rows)
            case .cut:
                endTable(at: lastLine)
                rows = TableRows(isSheet: isSheet)
                hasBegun = false
            }
        }
    }

    private mutating func pass(_ batch: TypedBatch, _ range: Range<Int>) {
        if let last = range.last { lastLine = batch.records.lines[last] }
        rows.add(batch, range)
        takeRows()
    }

    private mutating func takeRows() {
        guard let shape = rows.shape else { return }
        if !hasBegun {
            hasBegun = true
            steps.append(.begin(shape))
        }
        while let found = rows.next() { steps.append(.rows(found)) }
    }

    private mutating func endTable(at line: Int?) {
        rows.finish()
        takeRows()
        var shape = rows.shape ?? SheetShape()
        shape.lastLine = line
        steps.append(.end(shape))
    }
}
