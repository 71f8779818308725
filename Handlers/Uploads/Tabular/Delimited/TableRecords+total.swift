extension TableRecords {
    /// Whether the last record sums up the others: a word says so, or only it leaves its first cell empty.
    mutating func findTotal() {
        guard summary.records > 1, let batch = ready.last, batch.count > 0 else { return }
        let last = batch.count - 1
        let cells = batch.fields(of: last).map { field in batch.withField(field) { Array($0) } }
        let kinds = cells.map { CellKind($0) }
        guard kinds.contains(.number) else { return }
        let named = zip(cells, kinds).first { $1 != .empty }.map { $1 == .text && TotalWords.begin($0) } ?? false
        let hasText = kinds.contains(.text)
        let isBare = kinds[0] == .empty && firstFilled == summary.records - 1 && summary.records > 3 && !hasText
        guard named || isBare else { return }
        summary.totalRecord = summary.records - 1
        summary.warn(batch.lines[last], .total, "sums up the others; it is no row of data")
    }
}
