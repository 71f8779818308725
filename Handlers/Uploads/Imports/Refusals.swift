/// A row that was left out.
public struct Refusal: Sendable, Hashable {
    /// From 1 below the header.
    public let row: Int
    /// Where it begins in the file, from 1; of a workbook the row of the sheet.
    public let line: Int
    /// The column at fault; nil where it is the row.
    public let column: String?
    /// What was found and what was expected.
    public let reason: String
    public let fields: [String]

    public init(row: Int, line: Int, column: String?, reason: String, fields: [String]) {
        self.row = row
        self.line = line
        self.column = column
        self.reason = reason
        self.fields = fields
    }
}

/// Rows that were left out: all are counted, the first ones kept within limits.
public struct Refusals: Sendable {
    /// The most rows that are kept, and the most bytes of their fields.
    public static let mostRows = 10_000
    public static let mostBytes = 8 << 20
    public private(set) var count = 0
    public private(set) var kept: [Refusal] = []
    private var bytes = 0

    public init() {}

    public mutating func add(_ refusal: @autoclosure () -> Refusal) {
        count += 1
        guard kept.count < Self.mostRows, bytes < Self.mostBytes else { return }
        let refusal = refusal()
        bytes += refusal.fields.reduce(refusal.reason.utf8.count) { $0 + $1.utf8.count + 8 }
        kept.append(refusal)
    }

    /// Whether some were counted alone.
    public var isCut: Bool { count > kept.count }
}
