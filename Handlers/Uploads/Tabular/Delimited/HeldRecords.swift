/// Records that are no part of the table unless more of it follows: what may be a footnote or the beginning of another table.
struct HeldRecords {
    struct Record {
        let line: Int
        let cells: [[UInt8]]
        let kinds: [CellKind]

        init(line: Int, cells: [[UInt8]]) {
            self.line = line
            self.cells = cells
            kinds = cells.map { CellKind($0) }
        }

        /// Names: at least two cells, all that are filled are text.
        var isHeaderLike: Bool {
            let filled = kinds.filter { $0 != .empty }.count
            return filled > 1 && filled * 3 >= kinds.count * 2 && !kinds.contains { $0.isTyped }
        }
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

    /// Whether a record as wide as the table is the header of another one.
    static func beginsAnother(_ record: Record, typed: [Bool], isApart: Bool) -> Bool {
        guard isApart, record.isHeaderLike else { return false }
        var texts = 0
        for (kind, isTyped) in zip(record.kinds, typed) where isTyped && kind == .text { texts += 1 }
        return texts > 0 && texts * 2 >= typed.filter { $0 }.count
    }
}
