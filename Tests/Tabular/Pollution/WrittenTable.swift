/// How a table is written, cell by cell.
struct WrittenTable {
    var delimiter = ","
    var quote = "\""
    /// What stands before a quote within quotes; empty where nothing does.
    var escape = "\""
    var lineEnd = "\r\n"
    var quotesAll = false

    /// One cell, in quotes where it needs them.
    func cell(_ text: String) -> String {
        let marks = [delimiter.first.map(String.init) ?? ",", quote, "\n", "\r"].filter { !$0.isEmpty }
        guard !quote.isEmpty, quotesAll || marks.contains(where: { text.contains($0) }) || text.hasPrefix(" ") else { return text }
        return quote + text.replacing(quote, with: escape + quote) + quote
    }

    func row(_ cells: [String]) -> String { cells.map(cell).joined(separator: delimiter) }

    /// Rows, each with its line end.
    func text(_ rows: [[String]]) -> String { rows.map { row($0) + lineEnd }.joined() }
}
