/// Where a cell stands: `B7` is column 1 of row 7.
enum CellReference {
    static let mostRows = 1_048_576
    static let mostColumns = 16_384

    /// Column from 0 and row from 1 of a reference ended by a zero; nil where it is none, or lies outside any sheet.
    @inline(__always)
    static func parse(_ text: UnsafePointer<CChar>) -> (column: Int, row: Int)? {
        var at = text
        var column = 0
        while case let letter = UInt8(bitPattern: at.pointee) & 0xDF, letter >= UInt8(ascii: "A"), letter <= UInt8(ascii: "Z") {
            column = column * 26 + Int(letter - 64)
            if column > mostColumns { return nil }
            at += 1
        }
        guard column > 0, let row = number(at), row >= 1, row <= mostRows else { return nil }
        return (column - 1, row)
    }

    /// A whole number ended by a zero; nil for anything else, or beyond ten million.
    @inline(__always)
    static func number(_ text: UnsafePointer<CChar>) -> Int? {
        var at = text
        var value = 0
        while at.pointee != 0 {
            let digit = UInt8(bitPattern: at.pointee) &- 48
            guard digit < 10, value < 1_000_000_000 else { return nil }
            value = value * 10 + Int(digit)
            at += 1
        }
        return at == text ? nil : value
    }

    /// `B7`, from a column from 0 and a row from 1.
    static func text(column: Int, row: Int) -> String {
        var letters = ""
        var rest = column + 1
        while rest > 0 {
            letters = String(UnicodeScalar(UInt8(65 + (rest - 1) % 26))) + letters
            rest = (rest - 1) / 26
        }
        return "\(letters)\(row)"
    }
}
