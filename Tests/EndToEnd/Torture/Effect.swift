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

    var type: String { kind == .business || kind == .entry ? "application/json" : "text/csv" }

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
