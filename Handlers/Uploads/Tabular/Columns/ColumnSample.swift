/// What the first cells of one column look like.
struct ColumnSample {
    /// Cells that are not empty.
    private(set) var filled = 0
    private(set) var numbers = 0
    private var times = [0, 0, 0]
    private var cells = TimeForm.allCases.map { TimeCell(form: $0) }

    /// Whether so many cells of a kind make it the column's; the other filled cells then refuse their rows. Nine of ten must be of the kind, among few
    /// more than half.
    private func decides(_ count: Int) -> Bool {
        count > 0 && (count * 10 >= filled * 9 || filled < 20 && count * 2 > filled)
    }

    mutating func add(_ cell: Cell) {
        guard cell.count > 0 else { return }
        filled += 1
        if NumberCell.parse(cell.bytes, cell.count) != nil { numbers += 1 }
        for form in times.indices where cells[form].parse(cell.bytes, cell.count) != nil { times[form] += 1 }
    }

    var isNumber: Bool { decides(numbers) }

    var timeForm: TimeForm? { zip(TimeForm.allCases, times).first { decides($1) }?.0 }
}
