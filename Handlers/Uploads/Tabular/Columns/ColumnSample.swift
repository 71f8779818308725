/// What the first cells of one column look like.
struct ColumnSample {
    /// Cells that are not empty.
    private(set) var filled = 0
    private(set) var numbers = 0
    private var times = [0, 0, 0]
    private var cells = TimeForm.allCases.map { TimeCell(form: $0) }

    /// From this share of the filled cells on, a column is of a type; the other cells refuse their rows.
    private static let share = 0.9

    mutating func add(_ cell: Cell) {
        guard cell.count > 0 else { return }
        filled += 1
        if NumberCell.parse(cell.bytes, cell.count) != nil { numbers += 1 }
        for form in times.indices where cells[form].parse(cell.bytes, cell.count) != nil { times[form] += 1 }
    }

    var isNumber: Bool { numbers > 0 && Double(numbers) >= Double(filled) * Self.share }

    var timeForm: TimeForm? {
        for (form, count) in zip(TimeForm.allCases, times) where count > 0 && Double(count) >= Double(filled) * Self.share { return form }
        return nil
    }
}
