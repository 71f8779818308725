import Tabular

/// The first rows of a sheet that hold something, which decide on its ``SheetShape``.
public struct SheetSample: Sendable {
    /// So many rows decide.
    public static let records = 200
    /// Fewer where they are wide: so many cells.
    private static let mostCells = 1 << 18

    private var rows: [(line: Int, cells: [(kind: TableStructure.Kind, text: String)])] = []
    private var cells = 0
    /// How many columns the widest of all rows has, also of those that no longer count for the shape.
    public private(set) var columns = 0

    /// No rows yet.
    public init() {}

    /// Whether more rows would change nothing but ``columns``.
    public var isFull: Bool { rows.count >= Self.records || rows.count * columns >= Self.mostCells && rows.count > 8 }

    /// Takes the next rows.
    public mutating func add(_ batch: TypedBatch, _ range: Range<Int>) {
        for record in range {
            let fields = batch.records.fields(of: record)
            columns = max(columns, fields.count)
            guard !isFull, !fields.isEmpty else { continue }
            rows.append((batch.records.lines[record], fields.map { (Self.kind(batch.kinds[$0]), batch.records.text($0) ?? "") }))
        }
    }

    var structure: TableStructure? {
        guard !rows.isEmpty else { return nil }
        let width = rows.map(\.cells.count).max() ?? 0
        return TableStructure(rows.map { TableStructure.Row(line: $0.line, cells: $0.cells, columns: width) })
    }

    private static func kind(_ kind: CellKind) -> TableStructure.Kind {
        switch kind {
        case .empty: .empty
        case .text, .json: .text
        case .number, .bool, .error: .number
        case .date, .datetime: .date
        case .time, .duration: .time
        }
    }
}
