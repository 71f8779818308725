/// What the first cells of one column look like.
struct ColumnSample {
    /// Cells that are not empty.
    private(set) var filled = 0
    private(set) var numbers = 0
    private var times = [0, 0, 0]
    private var cells = TimeForm.allCases.map { TimeCell(form: $0) }

    mutating func add(_ cell: Cell) {
        guard cell.count > 0 else { return }
        filled += 1
        if NumberCell.parse(cell.bytes, cell.count) != nil { numbers += 1 }
        for form in times.indices where cells[form].parse(cell.bytes, cell.count) != nil { times[form] += 1 }
    }

    /// Nine of ten cells must be numbers, among few more than half; the others refuse their rows.
    var isNumber: Bool { numbers > 0 && (numbers * 10 >= filled * 9 || filled < 20 && numbers * 2 > filled) }

    /// The form of more than half of the cells: a row without a date cannot be kept in any case.
    var timeForm: TimeForm? { zip(TimeForm.allCases, times).first { $1 * 2 > filled }?.0 }
}
