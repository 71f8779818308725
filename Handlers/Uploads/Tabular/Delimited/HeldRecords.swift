/// Records that are no part of the table unless more of it follows: what may be a footnote or the beginning of another table.
struct HeldRecords {
    struct Record {
        let line: Int
        let cells: [[UInt8]]
        let kinds: [CellKind]
        /// As it stands in the text, its line end with it.
        let text: [UInt8]

        init(line: Int, cells: [[UInt8]], text: [UInt8]) {
            self.line = line
            self.cells = cells
            self.text = text
            kinds = cells.map { CellKind($0) }
        }

        /// Names: at least two cells, all that are filled are text.
        var isHeaderLike: Bool {
            let filled = kinds.filter { $0 != .empty }.count
            return filled > 1 && filled * 3 >= kinds.count * 2 && !kinds.contains { $0.isTyped }
        }

        /// Whether it is as full as a header, each cell another one, has names in all columns that hold none, and is not the header of the table again.
        func namesAnother(typed: [Int], header: [String]) -> Bool {
            guard isHeaderLike, cells.allSatisfy({ !$0.isEmpty && $0.count <= 80 }), Set(cells).count == cells.count else { return false }
            guard typed.allSatisfy({ $0 < kinds.count && kinds[$0] == .text }) else { return false }
            // One of several rows of a header that stands again.
            return !zip(cells, header).allSatisfy { cell, name in name.contains(String(decoding: cell, as: UTF8.self)) }
        }

        var isBlank: Bool { cells.allSatisfy(\.isEmpty) }

        /// Whether it has one field, or one that is not empty, the first.
        var isNarrow: Bool { cells.dropFirst().allSatisfy(\.isEmpty) }

        /// Whether a text alone in the first field looks like a note: a sign in front, words behind a colon, or a sentence.
        var isNote: Bool {
            guard isNarrow, let text = cells.first, let first = text.first, kinds[0] == .text else { return false }
            if first == UInt8(ascii: "*") || first == UInt8(ascii: "(") || Self.signs.contains(where: text.starts) || text.count > 60 { return true }
            if let colon = text.firstIndex(of: UInt8(ascii: ":")), colon + 1 < text.count { return text[colon + 1] == 0x20 }
            return text.indices.dropLast(2).contains { text[$0...].starts(with: Self.wideColon) }
        }

        private static let signs = ["©", "※", "†", "•"].map { Array($0.utf8) }
        private static let wideColon = Array("：".utf8)
    }

    /// What becomes of the table.
    enum Verdict {
        /// Not known yet.
        case hold
        /// The held records belong to the table.
        case keep
        /// Another table begins with the held records.
        case ended
    }

    /// More than so many of another form than the table are another table, or text.
    static let most = 200

    private(set) var records: [Record] = []
    /// Whether an empty line stands in front of the first of them.
    private(set) var isApart = false

    var isEmpty: Bool { records.isEmpty }

    /// Whether none of them holds anything.
    var isBlank: Bool { records.allSatisfy(\.isBlank) }

    /// Whether two of them that follow each other have the same number of columns, more than one, and are full.
    var isTable: Bool {
        zip(records, records.dropFirst()).contains { $0.cells.count == $1.cells.count && !$0.isNarrow && !$1.isNarrow }
    }

    /// Adds a record as wide as the table that may be none of it. Returns false where too many are held.
    mutating func hold(_ record: Record, isApart: Bool) -> Bool {
        guard records.count < Self.most else { return false }
        if records.isEmpty { self.isApart = isApart }
        records.append(record)
        return true
    }

    mutating func removeAll() -> [Record] {
        defer { records = [] }
        return records
    }

    /// Adds a record of another width than the table's, and says what follows.
    mutating func add(_ record: Record, isApart: Bool, width: Int) -> Verdict {
        if records.isEmpty { self.isApart = isApart }
        records.append(record)
        guard records.count <= Self.most else { return self.isApart ? .ended : .keep }
        // A header of its own, and data below it of the same width.
        let last = record
        guard let head = records.dropLast().last(where: { $0.cells.count == last.cells.count && $0.isHeaderLike }), last.cells.count > 1 else {
            let isOther = record.cells.count > 1 && !record.isHeaderLike && !self.isApart
            return isOther ? .keep : .hold
        }
        let agreeing = zip(head.kinds, last.kinds).contains { $0 == .text && $1.isTyped }
        return agreeing ? .ended : records.count > 4 ? (self.isApart ? .ended : .keep) : .hold
    }

    /// Whether the one record that is held are names over a record that is not what the table holds, since a column has another kind of cells.
    func areNames(over record: Record, typed: [Bool]) -> Bool {
        guard records.count == 1, let names = records.first, !names.isNarrow, !isApart, record.kinds.count == names.kinds.count else { return false }
        guard zip(names.kinds, record.kinds).contains(where: { $0 == .text && $1.isTyped }) else { return false }
        return zip(record.kinds, typed).contains { kind, isTyped in isTyped ? kind == .text : kind.isTyped }
    }

    /// Whether a record as wide as the table is the header of another one.
    static func beginsAnother(_ record: Record, typed: [Bool], isApart: Bool) -> Bool {
        guard isApart, record.isHeaderLike else { return false }
        var texts = 0
        for (kind, isTyped) in zip(record.kinds, typed) where isTyped && kind == .text { texts += 1 }
        return texts > 0 && texts * 2 >= typed.filter { $0 }.count
    }
}
