import Tabular

/// Cuts the rows of a sheet where one table ends and another begins below it: behind a gap names over values of other columns, or without a gap names
/// where values stood, over values of other kinds. A few rows wait until it is known to which table they belong.
struct SheetCutter: Sendable {
    enum Piece: Sendable {
        case rows(TypedBatch, Range<Int>)
        /// What follows is another table.
        case cut
    }

    /// Tables are not told apart where all of them together have more columns.
    private static let mostColumns = 16_384
    /// A row of more cells decides nothing.
    private static let mostCells = 4096
    /// So many rows wait, those of titles above names among them.
    private static let mostWaiting = 40

    private let mostTables: Int
    private var ready: [Piece] = []
    /// Rows of the block at hand, and of titles above it.
    private var waiting: [(batch: TypedBatch, rows: Range<Int>)] = []
    private var waitingRows = 0
    private var block = SheetBlock()
    private var isGathering = true
    /// Whether a gap stands above the block.
    private var isApart = true
    private var table: SheetPattern?
    private var tables = 1
    private var columns = 0

    init(mostTables: Int) { self.mostTables = min(mostTables, 100) }

    mutating func next() -> Piece? { ready.isEmpty ? nil : ready.removeFirst() }

    mutating func add(_ batch: TypedBatch) {
        // Rows of the batch up to here were passed on, or wait.
        var begin = 0
        for record in 0..<batch.records.count {
            let fields = batch.records.fields(of: record)
            if fields.isEmpty {
                endBlock(batch, begin..<record)
                begin = record
                continue
            }
            if isGathering, block.mayEnd(above: batch, fields), block.named(isFirst: table == nil) != nil {
                wait(batch, begin..<record)
                begin = record
                decide()
            }
            if !isGathering {
                guard table?.mayBeNames(batch, fields) == true else { continue }
                gather(isApart: false)
            }
            if waitingRows == 0 {
                pass(batch, begin..<record)
                begin = record
            }
            waitingRows += 1
            guard fields.count <= Self.mostCells, waitingRows <= Self.mostWaiting else {
                release()
                continue
            }
            block.add(SheetBlock.Row(batch, record))
            if block.isFull {
                wait(batch, begin..<record + 1)
                decide()
                begin = record + 1
            }
        }
        let rest = begin..<batch.records.count
        if waitingRows > 0 { wait(batch, rest) } else { pass(batch, rest) }
    }

    /// Says that the sheet ends here.
    mutating func finish() { decide() }

    /// Behind an empty row. Titles wait for what stands below them.
    private mutating func endBlock(_ batch: TypedBatch, _ rows: Range<Int>) {
        if waitingRows == 0 { pass(batch, rows) } else { wait(batch, rows) }
        if waitingRows > 0, !block.isTitle { decide() }
        gather(isApart: true)
    }

    private mutating func gather(isApart: Bool) {
        isGathering = true
        self.isApart = isApart
        block = SheetBlock()
    }

    private mutating func decide() {
        defer { release() }
        guard let table else {
            table = block.named(isFirst: true) ?? block.unnamed()
            columns = table?.columns.upperBound ?? 0
            return
        }
        guard let next = block.named(isFirst: false) else { return }
        if table.isFollowed(by: next, isApart: isApart) {
            guard tables < mostTables, columns + next.columns.upperBound <= Self.mostColumns else { return }
            columns += next.columns.upperBound
            tables += 1
            ready.append(.cut)
            self.table = next
        } else if table.isPairs {
            self.table = next
        }
    }

    /// What waits goes on, and all behind it up to the next gap.
    private mutating func release() {
        for (batch, rows) in waiting { pass(batch, rows) }
        waiting = []
        waitingRows = 0
        isGathering = false
        block = SheetBlock()
    }

    private mutating func pass(_ batch: TypedBatch, _ rows: Range<Int>) { if !rows.isEmpty { ready.append(.rows(batch, rows)) } }

    private mutating func wait(_ batch: TypedBatch, _ rows: Range<Int>) { if !rows.isEmpty { waiting.append((batch, rows)) } }
}
