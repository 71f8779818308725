import Kernel

extension ArchiveManifest {
    /// Throws `UNPROCESSABLE_FILE` where the manifest contradicts itself or goes beyond the form's limits.
    func check(line: Int) throws(AppError) {
        guard tables.count <= ArchiveForm.mostTables else {
            throw ArchiveForm.fault(line, "expected at most \(ArchiveForm.mostTables) tables, found \(tables.count)")
        }
        var names: Set<String> = []
        for table in tables {
            guard Self.isName(table.name, parts: 1...2) else {
                throw ArchiveForm.fault(line, "expected a table as `schema.name`, found `\(table.name.prefix(100))`")
            }
            guard names.insert(table.name).inserted else { throw ArchiveForm.fault(line, "the table \(table.name) is named twice") }
            guard table.columns.count <= ArchiveForm.mostColumns else {
                throw ArchiveForm.fault(line, "expected at most \(ArchiveForm.mostColumns) columns, found \(table.columns.count) of \(table.name)")
            }
            var columns: Set<String> = []
            for column in table.columns where !columns.insert(column.name).inserted {
                throw ArchiveForm.fault(line, "the column \(column.name.prefix(100)) of \(table.name) is named twice")
            }
        }
    }

    /// Whether a text is that many names joined by a period, none of them empty or with control characters.
    private static func isName(_ text: String, parts: ClosedRange<Int>) -> Bool {
        let names = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.contains(names.count) && names.allSatisfy { (1...63).contains($0.utf8.count) && !$0.utf8.contains { $0 < 0x20 || $0 == 0x7F } }
    }
}
