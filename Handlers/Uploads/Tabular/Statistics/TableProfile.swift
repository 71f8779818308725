/// What a table holds.
public struct TableProfile: Sendable, Hashable, Codable {
    /// Rows below the header, without totals.
    public var rows: Int
    public var columns: [ColumnProfile]
    /// The share of all fields that stand for no value, 0…1.
    public var nullShare: Double
    /// Rows that sum up the others, and why.
    public var totalRows: [Total]
    /// What a person should know.
    public var warnings: [ColumnWarning]

    /// A row that was left out of the statistics.
    public struct Total: Sendable, Hashable, Codable {
        /// The record's number among the table's data rows, from 0.
        public var record: Int
        /// The line of the file where it begins, from 1.
        public var row: Int
        public var reason: String
    }

    enum CodingKeys: String, CodingKey {
        case rows, columns, warnings
        case nullShare = "null_share"
        case totalRows = "total_rows"
    }
}
