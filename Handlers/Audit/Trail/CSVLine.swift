/// A record of a CSV file (RFC 4180) that a spreadsheet may open: no cell of it is taken for a formula.
public enum CSVLine {
    /// The cells as one line, with its end.
    public static func write(_ cells: [String], to bytes: inout [UInt8]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(neutralized(cell), &bytes)
        }
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }

    /// A cell that spreadsheets would run (first `=`, `+`, `-`, `@`, their full-width forms, a tabulator or a line end, also behind blanks and
    /// quotes) gets an apostrophe in front, as OWASP's "CSV Injection" advises; numbers stay as they are.
    static func neutralized(_ cell: String) -> String {
        guard let first = cell.unicodeScalars.first(where: { $0 != " " && $0 != "\"" && $0 != "\u{a0}" && $0 != "\u{feff}" }) else { return cell }
        switch first {
        case "=", "@", "\t", "\r", "\n", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}", "\u{2212}": return "'" + cell
        case "+", "-": return Double(cell)?.isFinite == true && !cell.utf8.contains(UInt8(ascii: "x")) ? cell : "'" + cell
        default: return cell
        }
    }

    private static func write(_ cell: String, _ bytes: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        let needsQuotes = cell.utf8.contains { $0 == quote || $0 == UInt8(ascii: ",") || $0 < 0x20 } || cell.first == " " || cell.last == " "
        guard needsQuotes else {
            bytes += cell.utf8
            return
        }
        bytes.append(quote)
        for byte in cell.utf8 {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }
}
