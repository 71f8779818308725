/// What the columns of a table hold below its first records, and how well a record fits to that.
struct ColumnPattern {
    /// What most cells of a column are; nil where that is text.
    let kinds: [CellKind?]
    /// Columns that hold years themselves.
    private let years: [Bool]
    /// Columns without a type whose cells all have a digit and no blank, as codes do.
    private let codes: [Bool]
    /// How many cells the records have filled, as the middle one of them.
    let usualFilled: Int

    var width: Int { kinds.count }
    var isTyped: [Bool] { kinds.map { $0 != nil } }
    var typedCount: Int { kinds.reduce(0) { $0 + ($1 == nil ? 0 : 1) } }

    /// - Parameter rows: the records of the table; the upper ones, which may be its header, say nothing.
    init(_ rows: ArraySlice<SampleRow>, width: Int) {
        let below = rows.dropFirst(min(rows.count / 2, 8))
        var kinds: [CellKind?] = []
        var years: [Bool] = []
        var codes: [Bool] = []
        for column in 0..<width {
            var counts = [0, 0, 0, 0, 0]
            var yearly = 0
            var coded = 0
            for row in below where column < row.width {
                counts[Int(row.kinds[column].rawValue)] += 1
                if row.year(column) != nil { yearly += 1 }
                if row.isCode(column) { coded += 1 }
            }
            let filled = counts[1...].reduce(0, +)
            let typed = counts[1] + counts[2] + counts[3]
            let most = [CellKind.number, .date, .time].max { counts[Int($0.rawValue)] < counts[Int($1.rawValue)] }!
            let isTyped = typed > 0 && (typed * 10 >= filled * 7 || below.count <= 6 && typed * 2 > filled)
            kinds.append(isTyped ? most : nil)
            years.append(yearly * 2 > filled)
            codes.append(!isTyped && filled > 2 && coded == filled)
        }
        self.kinds = kinds
        self.years = years
        self.codes = codes
        let filled = below.map(\.filled).sorted()
        usualFilled = filled.isEmpty ? width : filled[filled.count / 2]
    }

    /// How many cells of a record are what their columns hold, and how many are what names of such columns are.
    struct Vote {
        var typed = 0
        var names = 0
        /// Whether all that fits are years, or dates that go up, in columns of other numbers.
        var isSeries = false

        var isData: Bool { typed > names }
    }

    func vote(_ row: SampleRow) -> Vote {
        var vote = Vote()
        var series: [Int] = []
        var dates = 0
        var bracketed = 0
        for column in 0..<min(width, row.width) {
            guard let kind = kinds[column] else { continue }
            switch row.kinds[column] {
            case .empty: break
            case .text: vote.names += 1
            case .number where row.cells[column].first == UInt8(ascii: "("): bracketed += 1
            case .date where kind == .number: dates += 1
            default:
                if kind == .number, !years[column], let year = row.year(column) { series.append(year) } else { vote.typed += 1 }
            }
        }
        // `(1000)` among `(EUR)` and `(%)` is a unit, else a number below zero.
        if vote.names > 0, vote.typed == 0 { vote.names += bracketed } else { vote.typed += bracketed }
        // Years and dates above other numbers name columns, if several of them stand in order.
        let pairs = zip(series, series.dropFirst())
        let isOrdered = series.count > 1 && (pairs.allSatisfy { $0 <= $1 } || pairs.allSatisfy { $0 >= $1 })
        vote.isSeries = vote.typed == 0 && (isOrdered || series.count == 1 && !row.cells.isEmpty && row.cells[0].isEmpty || dates > 1)
        if vote.isSeries { vote.names += series.count + dates } else { vote.typed += series.count + dates }
        return vote
    }

    /// Whether columns of codes have others above them: how many cells are codes, and how many are not.
    func codeVote(_ row: SampleRow) -> Vote {
        var vote = Vote()
        for column in 0..<min(width, row.width) where codes[column] && row.kinds[column] != .empty {
            if row.isCode(column) { vote.typed += 1 } else { vote.names += 1 }
        }
        return vote
    }

    /// Whether a record is filled as those of the table are.
    func isFull(_ row: SampleRow) -> Bool { row.filled * 10 >= usualFilled * 6 }

    /// Whether a record may be the names of the columns.
    func canName(_ row: SampleRow) -> Bool {
        let vote = vote(row)
        return vote.names > vote.typed || vote.typed == 0 && (row.filled * 2 >= width || row.isUnits)
    }
}

extension SampleRow {
    /// The year that a cell is, 1900…2100; nil where it is none.
    func year(_ column: Int) -> Int? {
        guard kinds[column] == .number, cells[column].count <= 6, let year = Int(String(decoding: cells[column], as: UTF8.self)) else { return nil }
        return (1900...2100).contains(year) ? year : nil
    }

    /// Whether a cell is text with a digit and without a blank.
    func isCode(_ column: Int) -> Bool {
        let cell = cells[column]
        return kinds[column] == .text && cell.count <= 40 && !cell.contains(0x20) && cell.contains { $0 &- 48 < 10 }
    }

    /// Whether the only cell names a group of columns: short, and not in the first one.
    var isGroupLabel: Bool {
        guard filled == 1, let place = cells.firstIndex(where: { !$0.isEmpty }), place > 0 else { return false }
        return cells[place].count <= 24 && cells[place].split(separator: 0x20).count < 3
    }

    /// Whether it names groups of columns: some cells are empty or the same as their neighbour, as the first often is.
    var namesGroups: Bool {
        guard filled > 0, width > 2 else { return false }
        if filled == 1 { return isGroupLabel }
        let repeated = zip(cells, cells.dropFirst()).contains { !$0.isEmpty && $0 == $1 }
        return cells[0].isEmpty || repeated || filled * 10 <= width * 7 && !cells.prefix(filled).allSatisfy { !$0.isEmpty }
    }

    /// Whether it gives units to names above it: short words, or signs, most in brackets or with nothing in the first column.
    var isUnits: Bool {
        var units = 0
        var bracketed = 0
        for (cell, kind) in zip(cells, kinds) where kind != .empty {
            let isBracketed = cell.first == UInt8(ascii: "(") || cell.first == UInt8(ascii: "[")
            // Six characters, however many bytes each of them takes.
            let length = cell.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
            guard isBracketed || kind == .text && length <= 6 else { return false }
            units += 1
            if isBracketed { bracketed += 1 }
        }
        return units > 0 && (bracketed * 2 > units || cells[0].isEmpty)
    }
}
