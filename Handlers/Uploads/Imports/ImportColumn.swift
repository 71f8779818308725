public import Tabular

/// A column of the table that is imported.
public struct ImportColumn: Sendable {
    public let name: String
    /// How its cells are read.
    public let type: ColumnType

    public init(name: String, type: ColumnType) {
        self.name = name
        self.type = type
    }

    /// What a value or a time in this column looks like.
    var expectation: String {
        switch type.base {
        case .number: "a number such as \(type.decimalMark == .comma ? "1234,5" : "1234.5")"
        case .date, .datetime: type.format.isEmpty ? "a date" : "a date written as \(type.format)"
        case .time: "a time of day"
        case .boolean: "yes or no"
        case .text, .empty: "a column of numbers or dates; this one holds text"
        }
    }
}
