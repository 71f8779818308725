import Tabular

/// The first rows of a sheet behind a gap, as far as it must be known whether they are a table of their own.
struct SheetBlock: Sendable {
    struct Row: Sendable {
        let line: Int
        let kinds: [CellKind]
        /// The texts of cells, those of long ones cut off.
        let texts: [String]

        var filled: Int { kinds.count { $0 != .empty } }
        var isTyped: Bool { kinds.contains(where: \.isTyped) }

        init(_ batch: TypedBatch, _ record: Int) {
            let fields = batch.records.fields(of: record)
            line = batch.records.lines[record]
            kinds = Array(batch.kinds[fields])
            texts = fields.map { field in
                batch.records.withField(field) { String(decoding: $0.prefix(SheetBlock.longestName + 1), as: UTF8.self) }
            }
        }

        func kind(_ column: Int) -> CellKind { column < kinds.count ? kinds[column] : .empty }
    }

    /// So many rows decide.
    static let mostRows = 12
    /// A name of a column has at most so many bytes.
    static let longestName = 80
    /// A row of more cells holds no names.
    private static let mostNames = 4096
    /// Titles of so many rows may stand above the names.
    private static let deepestTitle = 2

    private(set) var rows: [Row] = []

    var isFull: Bool { rows.count >= Self.mostRows }
    var isEmpty: Bool { rows.isEmpty }
    /// Whether it is titles: rows of one cell.
    var isTitle: Bool { !isEmpty && rows.count <= Self.deepestTitle && rows.allSatisfy { $0.filled == 1 } }

    mutating func add(_ row: Row) { rows.append(row) }

    /// Whether a row may be names of another table: several texts and no value, right below values.
    func mayEnd(above batch: TypedBatch, _ fields: Range<Int>) -> Bool {
        guard rows.last?.isTyped == true, fields.count <= Self.mostNames else { return false }
        let kinds = batch.kinds[fields]
        return !kinds.contains(where: \.isTyped) && kinds.count { $0 == .text } > 1
    }

    /// Names over values, perhaps below titles: names in all columns, each another one, and a column that holds nothing but numbers, dates or times.
    ///
    /// - Parameter isFirst: whether no table stands above; a file may then say things of itself, in pairs or above the names.
    func named(isFirst: Bool) -> SheetPattern? {
        guard let data = rows.firstIndex(where: \.isTyped), data > 0, rows[..<data].dropLast().allSatisfy({ isFirst || $0.filled == 1 }),
            isFirst || data <= Self.deepestTitle + 1
        else { return nil }
        let names = rows[data - 1]
        let values = rows[data...]
        let first = min(values.map(Self.start).min() ?? 0, Self.start(names))
        let columns = first..<(values.map(\.kinds.count) + [names.kinds.count]).max()!
        guard columns.count > 1, Self.areNames(names, columns) else { return nil }
        let full = values.count { $0.filled * 3 >= columns.count * 2 }
        guard full * 2 > values.count else { return nil }
        let typed = columns.filter { column in Self.isTyped(values, column) }
        guard !typed.isEmpty else { return nil }
        // Two columns may be what a file says of itself, as `Year | 2019`; none of that begins with a number or a date.
        let isPairs = columns.count == 2 && !typed.contains(first)
        guard !isPairs || values.count > 1 else { return nil }
        return SheetPattern(columns: columns, typed: typed, names: columns.map { names.texts[$0] }, first: values.first!, isPairs: isPairs)
    }

    /// Values in rows that are full, whatever stands above them.
    func unnamed() -> SheetPattern? {
        let values = rows.drop { !$0.isTyped }
        guard values.count > 2, let first = values.map(Self.start).min(), let end = values.map(\.kinds.count).max() else { return nil }
        let typed = (first..<end).filter { column in Self.isTyped(values, column) }
        guard typed.count > 1, values.allSatisfy({ $0.filled * 3 >= (end - first) * 2 }) else { return nil }
        return SheetPattern(columns: first..<end, typed: typed, names: [], first: values.first!, isPairs: false)
    }

    private static func start(_ row: Row) -> Int { row.kinds.firstIndex { $0 != .empty } ?? 0 }

    /// The cell above the first column may be empty, as in a table of two ways.
    private static func areNames(_ row: Row, _ columns: Range<Int>) -> Bool {
        guard row.kinds.count == columns.upperBound else { return false }
        let named = columns.filter { row.kind($0) == .text && !row.texts[$0].isEmpty && row.texts[$0].utf8.count <= longestName }
        let isFull = named.count == columns.count || named.count + 1 == columns.count && named.count > 1 && row.kind(columns.lowerBound) == .empty
        return isFull && Set(named.map { row.texts[$0] }).count == named.count
    }

    private static func isTyped(_ values: ArraySlice<Row>, _ column: Int) -> Bool {
        guard let kind = values.first(where: { $0.kind(column) != .empty })?.kind(column), kind.isTyped else { return false }
        return values.allSatisfy { $0.kind(column) == kind || $0.kind(column) == .empty }
    }
}

/// What tells a table of a sheet from the next one.
struct SheetPattern: Sendable {
    let columns: Range<Int>
    /// Columns that hold nothing but numbers, dates or times.
    let typed: [Int]
    /// The names of its columns; none where they are not known.
    let names: [String]
    /// The first row of values.
    let first: SheetBlock.Row
    /// Whether it may be what a file says of itself, a name and a value a row.
    let isPairs: Bool

    /// Whether a row has texts where this table has values: in all such columns, of which there are several.
    func mayBeNames(_ batch: TypedBatch, _ fields: Range<Int>) -> Bool {
        typed.count > 1 && fields.count >= columns.upperBound && typed.allSatisfy { batch.kinds[fields.lowerBound + $0] == .text }
    }

    /// Whether what stands below is another table.
    ///
    /// - Parameter isApart: whether a gap stands between them. Without one the values of the other must be of other kinds.
    func isFollowed(by next: SheetPattern, isApart: Bool) -> Bool {
        guard next.names != names else { return false }
        if isPairs, !next.isPairs { return false }
        guard isApart else {
            return columns.contains { column in
                typed.contains(column) ? next.first.kind(column) == .text : next.first.kind(column).isTyped && first.kind(column) == .text
            }
        }
        guard next.columns == columns else { return true }
        let named = typed.count { column in next.columns.contains(column) && !next.names[column - next.columns.lowerBound].isEmpty }
        return named * 2 >= typed.count || next.typed.contains { !typed.contains($0) }
    }
}

extension CellKind {
    /// Whether it is a value that names no column.
    var isTyped: Bool {
        switch self {
        case .number, .bool, .date, .datetime, .time, .duration: true
        case .empty, .text, .error, .json: false
        }
    }
}
