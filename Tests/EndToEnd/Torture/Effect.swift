import Kernel

/// One write of the torture, known by a text that nothing else has.
struct Effect: Sendable, Hashable {
    enum Kind: String, Sendable, CaseIterable {
        /// One statement in one round trip.
        case business
        /// A statement behind another in an open transaction.
        case entry
        /// A file of one batch: one round trip.
        case file
        /// A file of two batches: a transaction over several round trips.
        case longFile = "long_file"
    }

    let kind: Kind
    /// Names the row, or the column of the file.
    let mark: String
    /// Who writes.
    let writer: Int
    /// Whether it carries an `Idempotency-Key` and is sent again until it is acknowledged: then its effect must be there exactly once.
    let isKeyed: Bool
    /// The client hangs up so many milliseconds after it has sent; nil: it waits for the answer.
    let hangsUpAfter: Int?

    /// What the writer does next, by the round's random numbers.
    init(_ round: Int, _ writer: Int, _ number: Int, _ random: inout Seeded) {
        kind = Kind.allCases[Int.random(in: 0..<8, using: &random) % 4]
        mark = "\(kind.rawValue)-\(round)-\(writer)-\(number)"
        self.writer = writer
        isKeyed = Bool.random(using: &random)
        hangsUpAfter = isKeyed && Int.random(in: 0..<3, using: &random) == 0 ? Int.random(in: 0...12, using: &random) : nil
    }

    var headers: [(String, String)] {
        [("content-type", kind == .business || kind == .entry ? "application/json" : "text/csv")] + (isKeyed ? [("idempotency-key", mark)] : [])
    }

    /// Rows that the whole effect has in the database.
    var rows: Int {
        switch kind {
        case .business, .entry: 1
        case .file: 300
        case .longFile: 9_000
        }
    }

    func path(business: UUID) -> String {
        switch kind {
        case .business: "/businesses"
        case .entry: "/probe/entries/next"
        case .file, .longFile: "/data/upload?business_id=\(business)"
        }
    }

    var body: [UInt8] {
        switch kind {
        case .business: Array(#"{"name": "\#(mark)"}"#.utf8)
        case .entry: Array(#"{"text": "\#(mark)", "milliseconds": 5}"#.utf8)
        case .file: Self.table(mark, rows: rows, empty: 0)
        // Absent cells fill a batch without filling the disk.
        case .longFile: Self.table(mark, rows: rows, empty: 6)
        }
    }

    private static func table(_ mark: String, rows: Int, empty: Int) -> [UInt8] {
        var text = "date,\(mark)" + (0..<empty).map { ",x\($0)" }.joined() + "\n"
        for row in 0..<rows {
            let time = Timestamp(seconds: 1_700_000_000 + Int64(row) * 60)
            // Numbers in the first row alone make the column one of numbers, with one value of no interest.
            text += "\(time),\(row)" + String(repeating: row == 0 ? ",1" : ",", count: empty) + "\n"
        }
        return Array(text.utf8)
    }
}
