import Kernel

/// What makes a workbook unreadable.
enum WorkbookFault {
    /// An error about the file as a whole.
    static func file(_ what: String) -> AppError {
        AppError(.unprocessableFile, what, issues: [.init(field: "file", issue: what)])
    }

    /// An error about one part of it, such as `xl/workbook.xml` or the sheet "Sales".
    static func part(_ part: String, _ what: String) -> AppError {
        AppError(.unprocessableFile, "The workbook's \(part): \(what)", issues: [.init(field: part, issue: what)])
    }

    static func noSheet(_ name: String, _ sheets: [SheetInfo]) -> AppError {
        let names = sheets.prefix(10).map { "\"\($0.name.prefix(64))\"" }.joined(separator: ", ")
        return file("the workbook has no sheet \"\(name.prefix(64))\"; expected \(names)\(sheets.count > 10 ? ", …" : "")")
    }

    static let encrypted = file("the workbook is encrypted; save it without a password")
}
