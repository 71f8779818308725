/// Which records of a sample are the first table of a file.
///
/// Records of the same number of fields, more than one, are a stretch. A small one above a larger one is lines above its header, unless it is a table
/// itself: names, below them values that no names are, and then a gap or the names of another table.
enum FirstTable {
    /// A gap is looked for in so many records.
    private static let reach = 40
    /// A title of so many records may stand between a gap and the names below it.
    private static let deepestTitle = 2

    /// - Parameters:
    ///   - rows: the records of the file that hold something.
    ///   - usual: how many fields most of them have.
    ///   - hasSeveral: whether a table ends where another one begins. A sheet is read as one table.
    static func find(_ rows: [SampleRow], _ usual: Int, hasSeveral: Bool) -> Range<Int> {
        guard usual > 1 else { return 0..<rows.count }
        let stretches = stretches(rows)
        func cells(_ range: Range<Int>) -> Int { range.count * rows[range.lowerBound].width }
        guard let largest = stretches.max(by: { cells($0) < cells($1) }) else { return 0..<rows.count }
        for stretch in stretches {
            let isTenth = cells(stretch) * 10 < cells(largest)
            let isPairs = rows[stretch.lowerBound].width == 2 && stretch.count < 8 && rows[largest.lowerBound].width > 2
            let isSmall = stretch.count < 3 || isTenth && stretch.count < 12 || isPairs && cells(stretch) < cells(largest)
            if stretch == largest || !isSmall { return hasSeveral ? upToNext(rows, stretch) : stretch }
            let end = rows[stretch].lastIndex { $0.filled > 0 }.map { $0 + 1 } ?? stretch.lowerBound
            let short = stretch.lowerBound..<end
            if hasSeveral, isTable(rows[short], values: isTenth ? 2 : 1), ends(rows, end) { return short }
        }
        return hasSeveral ? upToNext(rows, largest) : largest
    }

    /// Neighbours of the same width; two records of another one do not end it.
    private static func stretches(_ rows: [SampleRow]) -> [Range<Int>] {
        var stretches: [Range<Int>] = []
        var start = 0
        while start < rows.count {
            let width = rows[start].width
            if width == 1 {
                start += 1
                continue
            }
            var end = start + 1
            var other = 0
            while end < rows.count, other < 3 {
                other = rows[end].width == width ? 0 : other + 1
                end += 1
            }
            end -= other
            stretches.append(start..<end)
            start = max(end, start + 1)
        }
        return stretches
    }

    /// The part of a stretch above the names of another table as wide as it is, where that part is a table. Without a gap between them the cells of
    /// the other one must differ.
    private static func upToNext(_ rows: [SampleRow], _ stretch: Range<Int>) -> Range<Int> {
        for index in stretch.dropFirst(2).prefix(reach) where rows[index - 1].filled > 0 {
            let isApart = isApart(rows, index)
            guard isApart || isNames(rows[index]) else { continue }
            let upper = stretch.lowerBound..<index
            guard isTable(rows[upper], values: 1) else { continue }
            var next = index
            while next < stretch.upperBound, rows[next].filled == 0 { next += 1 }
            let titles = next
            while next < min(titles + deepestTitle, stretch.upperBound), rows[next].filled == 1 { next += 1 }
            guard next + 1 < stretch.upperBound, isNames(rows[next]), rows[next + 1].isTyped else { continue }
            // A record of text is one more of the table where that has text too.
            let typed = typedColumns(rows[upper])
            let named = typed.filter { $0 < rows[next].width && rows[next].kinds[$0] == .text }
            let differs = typed.contains { $0 < rows[next + 1].width && rows[next + 1].kinds[$0] == .text }
            if isApart ? named.count * 2 >= typed.count : named.count == typed.count && typed.count > 1 && differs { return upper }
        }
        return stretch
    }

    /// Whether records are a table, however few they are: one or two of names, below them at least so many of values, in a column of which all are
    /// numbers, dates or times.
    private static func isTable(_ rows: ArraySlice<SampleRow>, values: Int) -> Bool {
        let names = rows.prefix { !$0.isTyped }
        let below = rows.dropFirst(names.count)
        guard let head = names.first, names.count <= 2, isNames(head), below.count >= values else { return false }
        guard rows.allSatisfy({ $0.width == head.width && $0.filled * 3 >= head.width * 2 }) else { return false }
        let typed = typedColumns(rows)
        // Two columns may be what a file says of itself, as `Year;2019`; none of that begins with a number or a date.
        return head.width > 2 ? !typed.isEmpty : typed.contains(0)
    }

    /// Columns that hold nothing but numbers, dates or times below the names.
    private static func typedColumns(_ rows: ArraySlice<SampleRow>) -> [Int] {
        let below = rows.drop { !$0.isTyped }
        guard let first = below.first else { return [] }
        return first.kinds.indices.filter { column in
            first.kinds[column].isTyped && below.allSatisfy { $0.kinds[column] == first.kinds[column] || $0.kinds[column] == .empty }
        }
    }

    /// Whether all cells are texts, each another one, and none of them long.
    private static func isNames(_ row: SampleRow) -> Bool {
        row.width > 1 && row.filled == row.width && !row.isTyped && !row.isComment && Set(row.cells).count == row.width
            && row.cells.allSatisfy { $0.count <= 80 }
    }

    /// Whether a gap stands in front of a record, or it is names.
    private static func ends(_ rows: [SampleRow], _ next: Int) -> Bool {
        next == rows.count || isApart(rows, next) || isNames(rows[next])
    }

    /// Whether a record is empty, or an empty line stands in front of it.
    private static func isApart(_ rows: [SampleRow], _ index: Int) -> Bool {
        let above = rows[index - 1]
        let lines = above.cells.reduce(1) { $0 + $1.count { $0 == 0x0A } }
        return rows[index].filled == 0 || rows[index].line - above.line > lines
    }
}
