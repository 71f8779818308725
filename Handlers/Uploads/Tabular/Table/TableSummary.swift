public import Kernel

/// A row that was left out, and why.
public struct RowRefusal: Sendable, Hashable {
    /// The line in the file where the row begins, from 1.
    public let line: Int
    /// What was found and what was expected.
    public let reason: String

    /// A row by its line, and why it was left out.
    public init(line: Int, reason: String) {
        self.line = line
        self.reason = reason
    }
}

/// What has been read so far.
public struct TableSummary: Sendable, Hashable {
    /// Rows below the header, blank lines not counted.
    public internal(set) var rowsRead = 0
    /// Rows that were left out, and rows of which a later row with the same time replaced a value.
    public internal(set) var rowsRefused = 0
    /// The first of them, as many as ``TableLimits/namedRefusals`` allows.
    public internal(set) var refusals: [RowRefusal] = []
    /// The earliest time of a row that was kept.
    public internal(set) var from: Timestamp?
    /// The latest.
    public internal(set) var to: Timestamp?

    /// Nothing yet.
    public init() {}

    mutating func refuse(_ line: Int, limit: Int, _ reason: @autoclosure () -> String) {
        rowsRefused += 1
        if refusals.count < limit { refusals.append(RowRefusal(line: line, reason: reason())) }
    }
}
