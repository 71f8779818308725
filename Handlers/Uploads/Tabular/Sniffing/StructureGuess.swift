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
    private static let deepestTitle = 40

    /// - Parameters:
    ///   - skip: lines above the header where that is given.
    ///   - headerRows: records of the header where that is given.
    init(_ all: [SampleRow], skip givenSkip: Int?, headerRows givenHeader: Int?) {
        let usual = Self.usualWidth(all)
        let rows = all.filter { row in !row.isBlank && (givenSkip.map { row.line > $0 } ?? true) && !(usual > 1 && row.isComment && row.width == 1) }
        width = Self.usualWidth(rows)
        guard !rows.isEmpty else {
            reason = "there is no text"
            skip = givenSkip ?? 0
            return
        }
        let body = Self.firstTable(rows, width)
        width = Self.usualWidth(Array(rows[body]))
        typedColumns = Self.typed(rows[body], width)
        var top = givenSkip == nil ? body.lowerBound : 0
        var data: Int
        if let givenHeader {
            if givenSkip == nil { top = Self.beginning(rows, body.lowerBound, width, typedColumns).top }
            data = min(rows.count, top + givenHeader)
            reason = "given"
        } else {
            data = Self.firstData(rows, body, width, typedColumns)
            if data == body.lowerBound, let short = Self.oddHeader(rows, above: data, width) {
                top = short
                reason = "the record above the data holds names"
            } else if data > body.lowerBound {
                reason =
                    typedColumns.contains(true) ? "columns of numbers or dates have text above them" : "the first record differs from those below it"
                if givenSkip == nil { top = Self.headerTop(rows, data, body.lowerBound, width) }
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

    /// The first stretch of records that is a table: not small beside the largest.
    private static func firstTable(_ rows: [SampleRow], _ usual: Int) -> Range<Int> {
        guard usual > 1 else { return 0..<rows.count }
        var stretches: [(range: Range<Int>, cells: Int)] = []
        var start = 0
        while start < rows.count {
            let width = rows[start].width
            if width == 1 {
                start += 1
                continue
            }
            var end = start + 1
            var other = 0
            // Two records of another width do not end it.
            while end < rows.count, other < 3 {
                other = rows[end].width == width ? 0 : other + 1
                end += 1
            }
            end -= other
            stretches.append((start..<end, (end - start) * width))
            start = max(end, start + 1)
        }
        guard let largest = stretches.max(by: { $0.cells < $1.cells }) else { return 0..<rows.count }
        for stretch in stretches {
            let isSmall = stretch.range.count < 3 || stretch.cells * 10 < largest.cells && stretch.range.count < 12
            if stretch.range == largest.range || !isSmall { return stretch.range }
        }
        return largest.range
    }

    /// Columns whose cells are numbers, dates or times, the first records left aside, which may be the header.
    private static func typed(_ rows: ArraySlice<SampleRow>, _ width: Int) -> [Bool] {
        let skipped = rows.count > 8 ? 3 : rows.count > 2 ? 1 : rows.count > 1 ? 1 : 0
        let below = rows.dropFirst(skipped)
        return (0..<width).map { column in
            var typed = 0
            var filled = 0
            for row in below where column < row.width {
                if row.kinds[column] != .empty { filled += 1 }
                if row.kinds[column].isTyped { typed += 1 }
            }
            return typed > 0 && (typed * 10 >= filled * 7 || below.count <= 6 && typed * 2 > filled)
        }
    }

    /// The first record that holds data.
    private static func firstData(_ rows: [SampleRow], _ body: Range<Int>, _ width: Int, _ typed: [Bool]) -> Int {
        let count = typed.filter { $0 }.count
        guard count > 0 else { return firstOfText(rows, body) }
        for index in body.prefix(deepestTitle) {
            let row = rows[index]
            guard row.width > 1 || width == 1, !row.isComment || row.width == width else { continue }
            var matches = 0
            var texts = 0
            for column in 0..<min(width, row.width) where typed[column] {
                if row.kinds[column].isTyped { matches += 1 }
                if row.kinds[column] == .text { texts += 1 }
            }
            if areYears(row, rows, body, typed, index) { continue }
            if matches > texts { return index }
            // One column of text among data proves little below the first record.
            if index > body.lowerBound, count == 1, texts > 0, !isUnits(row), rows[body.lowerBound].filled * 2 > width { return index }
            if index > body.lowerBound, matches == 0, texts == 0, row.filled > 0, row.filled * 2 >= width { return index }
        }
        return body.lowerBound + (body.count > 1 || !rows[body.lowerBound].isTyped ? 1 : 0)
    }

    /// Where no column has a type: the first record is the header, unless what it holds comes again in its column.
    private static func firstOfText(_ rows: [SampleRow], _ body: Range<Int>) -> Int {
        let top = rows[body].firstIndex { $0.filled * 2 >= $0.width && !$0.isComment } ?? body.lowerBound
        let first = rows[top]
        let below = rows[top..<body.upperBound].dropFirst()
        if below.isEmpty { return top + (first.isTyped ? 0 : 1) }
        for column in 0..<first.width where first.kinds[column] == .text {
            if below.contains(where: { column < $0.width && $0.cells[column] == first.cells[column] }) { return top }
        }
        return top + (first.isTyped ? 0 : 1)
    }

    /// Whether a record names columns by years: whole numbers of 1900…2100 that go up by one, above cells that are others.
    private static func areYears(_ row: SampleRow, _ rows: [SampleRow], _ body: Range<Int>, _ typed: [Bool], _ index: Int) -> Bool {
        guard index == body.lowerBound, body.count > 1 else { return false }
        var last: Int?
        var years = 0
        for column in 0..<min(row.width, typed.count) where typed[column] && row.kinds[column] != .empty {
            guard let year = Int(String(decoding: row.cells[column], as: UTF8.self)), (1900...2100).contains(year),
                last.map({ year == $0 + 1 || year == $0 - 1 }) ?? true
            else { return false }
            last = year
            years += 1
        }
        guard years > 1 else { return false }
        let next = rows[index + 1]
        return next.cells != row.cells
            && zip(next.cells, row.cells).contains {
                $0 != $1 && Int(String(decoding: $0, as: UTF8.self)).map { !(1900...2100).contains($0) } ?? true
            }
    }

    /// Short words in brackets, signs: what stands below names of columns.
    private static func isUnits(_ row: SampleRow) -> Bool {
        var units = 0
        for (cell, kind) in zip(row.cells, row.kinds) where kind == .text {
            let isBracketed = cell.first == UInt8(ascii: "(") || cell.first == UInt8(ascii: "[")
            guard isBracketed || cell.count <= 5 else { return false }
            units += 1
        }
        return units > 0
    }

    /// A record of another width right above the data that holds nothing but names.
    private static func oddHeader(_ rows: [SampleRow], above data: Int, _ width: Int) -> Int? {
        guard data > 0, width > 1 else { return nil }
        let row = rows[data - 1]
        guard row.width > 1, abs(row.width - width) <= max(2, width / 3), !row.isTyped, !row.isComment else { return nil }
        let follows = rows[data].line - row.line == 1 || row.cells.contains { $0.contains(0x0A) }
        return follows && row.filled * 3 >= row.width * 2 ? data - 1 : nil
    }

    /// The first record of the header that ends above `data`.
    private static func headerTop(_ rows: [SampleRow], _ data: Int, _ first: Int, _ width: Int) -> Int {
        var top = data - 1
        while top > max(0, data - deepestHeader) {
            let above = rows[top - 1]
            guard above.width == width || top - 1 >= first && above.width > 1, above.filled > 1, !above.isComment else { break }
            // A blank line between them parts a title from the header.
            guard rows[top].line - above.line == 1 || above.cells.contains(where: { $0.contains(0x0A) }) else { break }
            let typed = above.kinds.filter { $0.isTyped }.count
            guard typed * 2 <= above.filled, above.filled * 10 >= width * 3 || above.cells[0].isEmpty else { break }
            top -= 1
        }
        return top
    }

    private static func beginning(_ rows: [SampleRow], _ first: Int, _ width: Int, _ typed: [Bool]) -> (top: Int, data: Int) {
        let top = rows[first...].firstIndex { $0.filled * 2 >= width } ?? first
        return (top, top + 1)
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
