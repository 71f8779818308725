/// Finds the first record of a table that holds data.
enum FirstData {
    private static let deepestTitle = 40
    /// A header follows within so many records, where one does.
    private static let reach = 6

    /// - Parameters:
    ///   - body: the records of the table, its header among them if that is as wide.
    ///   - pattern: what they hold.
    static func find(_ rows: [SampleRow], _ body: Range<Int>, _ pattern: ColumnPattern) -> Int {
        guard pattern.typedCount > 0 else { return firstOfText(rows, body, pattern) }
        for index in body.prefix(deepestTitle) {
            let row = rows[index]
            guard row.width > 1 || pattern.width == 1, !row.isComment || row.width == pattern.width else { continue }
            let vote = pattern.vote(row)
            if vote.typed > vote.names {
                let isOdd = !pattern.isFull(row) || vote.typed < pattern.typedCount
                if headerFollows(rows, body, index, pattern, isApart: !isOdd) { continue }
                return withSections(rows, body, index, pattern)
            }
            guard index > body.lowerBound, !vote.isSeries else { continue }
            // One column of text among data proves little below the first record.
            if pattern.typedCount == 1, vote.names > 0, !row.isUnits, rows[body.lowerBound].filled * 2 > pattern.width,
                !headerFollows(rows, body, index - 1, pattern)
            {
                return index
            }
            if vote.typed == 0, vote.names == 0, row.filled > 0, pattern.isFull(row), !row.isUnits, !headerFollows(rows, body, index, pattern) {
                return index
            }
        }
        return body.lowerBound + (body.count > 1 || !rows[body.lowerBound].isTyped ? 1 : 0)
    }

    /// Whether a record of names stands below a record, and data below that.
    ///
    /// - Parameter isApart: whether an empty record must part the two.
    private static func headerFollows(
        _ rows: [SampleRow], _ body: Range<Int>, _ index: Int, _ pattern: ColumnPattern, isApart: Bool = false
    ) -> Bool {
        var wasEmpty = false
        for next in index + 1..<max(index + 1, min(index + 1 + reach, body.upperBound)) {
            let row = rows[next]
            defer { wasEmpty = row.filled == 0 }
            let vote = pattern.vote(row)
            guard vote.names > vote.typed, !isApart || wasEmpty || row.line - rows[next - 1].line > 1 else { continue }
            let isPlain = row.kinds.allSatisfy { $0 == .text || $0 == .empty } || vote.isSeries
            let isFull = pattern.isFull(row) || row.cells[0].isEmpty && row.filled > 1
            guard isPlain, isFull else { continue }
            let below = rows[next + 1..<max(next + 1, min(next + 3, body.upperBound))]
            if next + 1 == body.upperBound || below.contains(where: { pattern.vote($0).isData }) { return true }
        }
        return false
    }

    /// Records of one name in the first column, right above the data and below a full header, are the first section's name.
    private static func withSections(_ rows: [SampleRow], _ body: Range<Int>, _ data: Int, _ pattern: ColumnPattern) -> Int {
        guard pattern.width > 2, data - 1 > body.lowerBound else { return data }
        let section = rows[data - 1]
        guard section.filled == 1, !section.cells[0].isEmpty, section.cells[0].first != UInt8(ascii: "(") else { return data }
        // Units may stand between.
        let names = rows[data - 2].isUnits && data - 2 > body.lowerBound ? data - 3 : data - 2
        guard pattern.isFull(rows[names]), pattern.canName(rows[names]), rows[names].filled > 1 else { return data }
        return data - 1
    }

    /// Where no column has a type: the first full record is the header, with those that give units to it, unless what it holds comes again in its column.
    private static func firstOfText(_ rows: [SampleRow], _ body: Range<Int>, _ pattern: ColumnPattern) -> Int {
        var top = rows[body].firstIndex { $0.filled * 2 >= $0.width && $0.filled * 2 >= pattern.usualFilled && !$0.isComment } ?? body.lowerBound
        // Names of groups stand above the names.
        var depth = 0
        while depth < 3, top + 2 < body.upperBound, rows[top].namesGroups, rows[top + 1].line - rows[top].line == 1,
            completes(rows[top + 1], rows[top])
        {
            top += 1
            depth += 1
        }
        let first = rows[top]
        let below = rows[top..<body.upperBound].dropFirst()
        if below.isEmpty { return top + (first.isTyped ? 0 : 1) }
        if depth == 0 {
            let codes = pattern.codeVote(first)
            if codes.typed > codes.names { return top }
            if codes.names == 0 {
                for column in 0..<first.width where first.kinds[column] == .text {
                    if below.contains(where: { column < $0.width && $0.cells[column] == first.cells[column] }) { return top }
                }
            }
        }
        guard !first.isTyped || depth > 0 else { return top }
        var data = top + 1
        while data < min(top + 3, body.upperBound - 1), rows[data].width > 2, rows[data].isUnits, rows[data].cells[0].isEmpty { data += 1 }
        return data
    }

    /// Whether a record has texts where the one above it has none, or has one name for several of them, and is as full.
    private static func completes(_ below: SampleRow, _ above: SampleRow) -> Bool {
        guard below.width == above.width, below.filled >= above.filled || !above.cells[0].isEmpty && below.cells[0].isEmpty else { return false }
        let repeated = zip(above.cells, above.cells.dropFirst()).contains { !$0.isEmpty && $0 == $1 }
        let completed = zip(above.cells, below.cells).reduce(0) { $0 + ($1.0.isEmpty && !$1.1.isEmpty ? 1 : 0) }
        return repeated || completed > 1
    }
}
