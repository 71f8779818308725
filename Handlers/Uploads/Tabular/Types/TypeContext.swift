/// What the whole table says about how its columns are written.
struct TypeContext: Sendable {
    /// Columns that can be read with one decimal mark only.
    var point = 0
    var comma = 0
    /// Columns whose dates have one possible order only.
    var orders: [DateOrder: Int] = [:]
    /// The byte between two fields; nil where the file has none, such as a workbook.
    var delimiter: UInt8?

    init(_ columns: [ColumnEvidence], delimiter: UInt8?) {
        self.delimiter = delimiter
        for column in columns {
            let numbers = column.numbers
            // Versions and addresses among texts say nothing about numbers.
            let isNumber = numbers.count * 10 >= (column.filled - column.nulls.values.reduce(0, +)) * 9
            if isNumber, numbers.onlyPoint > numbers.onlyComma * 9 { point += 1 }
            if isNumber, numbers.onlyComma > numbers.onlyPoint * 9 { comma += 1 }
            let possible = OrderDecision.possible(column.times)
            if column.times.triples > 0, possible.count == 1, let order = possible.first { orders[order, default: 0] += 1 }
        }
    }

    /// The mark of the columns that leave no choice; nil where there are none or as many of either.
    var mark: DecimalMark? { point == comma ? nil : point > comma ? .point : .comma }

    /// Whether the table looks as if it comes from where decimals have a comma.
    var isContinental: Bool { comma > point || comma == point && delimiter == UInt8(ascii: ";") }
}
