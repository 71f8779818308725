/// Where the table begins, which records are its header, and how wide it is.
///
/// A column that holds numbers, dates or times further down and text on top has its name there: the last record of such text above the first record of
/// data ends the header. Without such columns the first record of the table is its header, unless its cells come again below.
struct StructureGuess {
    /// Lines in front of the header or the data.
    private(set) var skip = 0
    private(set) var headerRows = 0
    private(set) var header: [String]?
    private(set) var width: Int
    private(set) var hasTrailingDelimiter = false
    private(set) var hasComments = true
    private(set) var typedColumns: [Bool] = []
    private(set) var confidence = 1.0
    private(set) var reason = ""

    private static let deepestHeader = 5

    /// - Parameters:
    ///   - skip: lines above the header where that is given.
    ///   - headerRows: records of the header where that is given.
    ///   - hasSeveral: whether the table ends where another one begins; else it goes on to the end.
    init(_ all: [SampleRow], skip givenSkip: Int?, headerRows givenHeader: Int?, hasSeveral: Bool = true) {
        let usual = Self.usualWidth(all)
        let rows = all.filter { row in !row.isBlank && (givenSkip.map { row.line > $0 } ?? true) && !(usual > 1 && row.isComment && row.width == 1) }
        width = Self.usualWidth(rows)
        guard !rows.isEmpty else {
            reason = "there is no text"
            skip = givenSkip ?? 0
            return
        }
        var body = FirstTable.find(rows, width, hasSeveral: hasSeveral)
        width = Self.usualWidth(Array(rows[body]))
        body = Self.withoutPairs(rows, body)
        let pattern = ColumnPattern(rows[body], width: width)
        typedColumns = pattern.isTyped
        var top = givenSkip == nil ? body.lowerBound : 0
        var data: Int
        if let givenHeader {
            if givenSkip == nil { top = Self.beginning(rows, body.lowerBound, width) }
            data = min(rows.count, top + givenHeader)
            reason = "given"
        } else {
            data = FirstData.find(rows, body, pattern)
            if data == body.lowerBound, let short = Self.oddHeader(rows, above: data, width) {
                top = short
                reason = "the record above the data holds names"
            } else if data > body.lowerBound {
                reason =
                    typedColumns.contains(true) ? "columns of numbers or dates have text above them" : "the first record differs from those below it"
                if givenSkip == nil { top = Self.headerTop(rows, data, body.lowerBound, pattern) }
            } else {
                top = data
                reason = "the first record looks like those below it"
            }
        }
        headerRows = data - top
        if headerRows > 0 {
            header = Self.joined(rows[top..<data])
            skip = rows[top].line - 1
        } else {
            skip = data < rows.count ? rows[data].line - 1 : rows[top].line - 1
        }
        if let givenSkip { skip = givenSkip }
        let values = rows[data...].prefix(200).filter { $0.width == width }
        if let header, header.count + 1 == width, !values.isEmpty, values.allSatisfy({ $0.cells[width - 1].isEmpty }) {
            hasTrailingDelimiter = true
            width -= 1
            typedColumns = Array(typedColumns.prefix(width))
        }
        hasComments = width > 1 && !values.contains { $0.isComment }
        confidence = values.isEmpty ? 0.5 : typedColumns.contains(true) ? 0.95 : headerRows > 0 ? 0.6 : 0.7
    }

    /// The width of most records, wider ones preferred; 1 where nothing is wider.
    static func usualWidth(_ rows: [SampleRow]) -> Int {
        var counts: [Int: Int] = [:]
        for row in rows where !row.isBlank && row.width > 1 { counts[row.width, default: 0] += 1 }
        return counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 1
    }

    /// The records of the table without those of at most two cells above an empty one: `Year;2019;;;`.
    private static func withoutPairs(_ rows: [SampleRow], _ body: Range<Int>) -> Range<Int> {
        let filled = rows[body].map(\.filled).sorted()
        guard let usual = filled.isEmpty ? nil : filled[filled.count / 2], usual > 2 else { return body }
        guard let empty = body.prefix(9).first(where: { rows[$0].filled == 0 }), empty > body.lowerBound, empty + 2 < body.upperBound,
            rows[body.lowerBound..<empty].allSatisfy({ $0.filled <= 2 })
        else { return body }
        return empty + 1..<body.upperBound
    }

    /// A record of another width right above the data that holds nothing but names.
    private static func oddHeader(_ rows: [SampleRow], above data: Int, _ width: Int) -> Int? {
        guard data > 0, width > 1 else { return nil }
        let row = rows[data - 1]
        guard row.width > 1, abs(row.width - width) <= max(2, width / 3), !row.isTyped, !row.isComment else { return nil }
        let follows = rows[data].line - row.line == 1 || row.cells.contains { $0.contains(0x0A) }
        return follows && row.filled * 3 >= row.width * 2 ? data - 1 : nil
    }

    /// The first record of the header that ends above `data`; `data` where what stands there names no columns.
    private static func headerTop(_ rows: [SampleRow], _ data: Int, _ first: Int, _ pattern: ColumnPattern) -> Int {
        let width = pattern.width
        var top = data - 1
        // An empty record may part the names from the data.
        while top > first, rows[top].filled == 0 { top -= 1 }
        guard rows[top].filled > 0, rows[top].width != width || pattern.canName(rows[top]) else {
            return min(data, rows.count - 1)
        }
        while top > max(0, data - deepestHeader) {
            let above = rows[top - 1]
            guard above.width == width || top - 1 >= first && above.width > 1, above.filled > 0, !above.isComment else { break }
            // A blank line between them parts a title from the header.
            guard rows[top].line - above.line == 1 || above.cells.contains(where: { $0.contains(0x0A) }) else { break }
            let vote = pattern.vote(above)
            guard vote.typed * 2 <= above.filled, isHeaderPart(above, over: rows[top], width) else { break }
            top -= 1
        }
        return top
    }

    /// Whether a record belongs to the header whose next record is `below`: it names groups of columns, or is as full as the header.
    private static func isHeaderPart(_ above: SampleRow, over below: SampleRow, _ width: Int) -> Bool {
        if above.filled == 1 { return above.isGroupLabel }
        if above.cells[0].isEmpty { return true }
        guard above.filled * 10 >= width * 3 else { return false }
        // `Year;2019;;;` says something of the whole table.
        let isPrefix = above.cells.prefix(above.filled).allSatisfy { !$0.isEmpty }
        return !(isPrefix && above.filled <= 2 && width > 3 && !below.cells[0].isEmpty)
    }

    private static func beginning(_ rows: [SampleRow], _ first: Int, _ width: Int) -> Int {
        rows[first...].firstIndex { $0.filled * 2 >= width } ?? first
    }

    /// The names: cells of the same column joined by a blank.
    private static func joined(_ rows: ArraySlice<SampleRow>) -> [String] {
        let width = rows.map(\.width).max() ?? 0
        if rows.count == 1 { return rows.first!.cells.map { String(decoding: $0, as: UTF8.self) } }
        return (0..<width).map { column in
            rows.compactMap { row -> String? in
                guard column < row.width else { return nil }
                let text = String(decoding: row.cells[column], as: UTF8.self)
                let trimmed = text.drop { $0 == " " }
                return trimmed.isEmpty ? nil : text
            }.joined(separator: " ")
        }
    }
}
