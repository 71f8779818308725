import Kernel

/// A row as a line: a JSON array of strings and nulls without blanks, one for each column. The string is the value's text as Postgres writes it.
public enum RowLine {
    /// The line of a row, without its end.
    public static func write(_ cells: [String?]) -> [UInt8] {
        var writer = JSONWriter()
        writer.array { writer in
            for cell in cells {
                if let cell { writer.value(cell) } else { writer.null() }
            }
        }
        return writer.bytes
    }

    /// Takes a line apart into the values of one row. Throws what was expected where; the batch is of no more use then.
    static func read(_ line: UnsafeBufferPointer<UInt8>, into batch: inout RowBatch) throws(Fault) {
        var scanner = Scanner(line: line)
        try scanner.row(into: &batch)
    }

    /// What is wrong with a line.
    struct Fault: Error {
        let issue: String
    }

    private struct Scanner {
        let line: UnsafeBufferPointer<UInt8>
        var position = 0

        mutating func row(into batch: inout RowBatch) throws(Fault) {
            try take(UInt8(ascii: "["), "`[`")
            for column in 0..<batch.width {
                if column > 0 { try take(UInt8(ascii: ","), "`,` and \(batch.width - column) more values") }
                if peek == UInt8(ascii: "\"") {
                    try string(into: &batch)
                } else {
                    for byte in "null".utf8 { try take(byte, "a string or null") }
                    batch.appendNull()
                }
            }
            try take(UInt8(ascii: "]"), "`]` behind \(batch.width) values")
            guard position == line.count else { throw fault("the end of the line") }
            batch.endRow()
        }

        private var peek: UInt8? { position < line.count ? line[position] : nil }

        private mutating func take(_ byte: UInt8, _ expected: @autoclosure () -> String) throws(Fault) {
            guard peek == byte else { throw fault(expected()) }
            position += 1
        }

        /// RFC 8259 section 7.
        private mutating func string(into batch: inout RowBatch) throws(Fault) {
            position += 1
            var start = position
            var isASCII = true
            while position < line.count {
                let byte = line[position]
                switch byte {
                case UInt8(ascii: "\""):
                    batch.append(UnsafeBufferPointer(rebasing: line[start..<position]))
                    position += 1
                    batch.endCell()
                    guard isASCII || batch.endsInUTF8 else { throw Fault(issue: "a value is not UTF-8") }
                    return
                case UInt8(ascii: "\\"):
                    batch.append(UnsafeBufferPointer(rebasing: line[start..<position]))
                    try escape(into: &batch)
                    start = position
                case ..<0x20: throw fault("a string without control characters")
                default:
                    if byte >= 0x80 { isASCII = false }
                    position += 1
                }
            }
            throw fault("`\"` at the end of a string")
        }

        private mutating func escape(into batch: inout RowBatch) throws(Fault) {
            position += 1
            let letter = peek
            position += 1
            switch letter {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): batch.append(letter ?? 0)
            case UInt8(ascii: "b"): batch.append(0x08)
            case UInt8(ascii: "f"): batch.append(0x0C)
            case UInt8(ascii: "n"): batch.append(0x0A)
            case UInt8(ascii: "r"): batch.append(0x0D)
            case UInt8(ascii: "t"): batch.append(0x09)
            case UInt8(ascii: "u"): batch.append(Array(String(Character(try scalar())).utf8))
            default:
                position -= 1
                throw fault("an escape such as \\n or \\u0041")
            }
        }

        private mutating func scalar() throws(Fault) -> Unicode.Scalar {
            let first = try digits()
            if let scalar = Unicode.Scalar(first) {
                guard first != 0 else { throw Fault(issue: "a value holds \\u0000, which Postgres cannot store") }
                return scalar
            }
            guard first < 0xDC00 else { throw Fault(issue: "a surrogate without its other half") }
            try take(UInt8(ascii: "\\"), "the other half of a surrogate")
            try take(UInt8(ascii: "u"), "the other half of a surrogate")
            let second = try digits()
            guard (0xDC00...0xDFFF).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
            else { throw Fault(issue: "a surrogate without its other half") }
            return scalar
        }

        private mutating func digits() throws(Fault) -> UInt16 {
            var value: UInt16 = 0
            for _ in 0..<4 {
                let digit: UInt8
                switch peek {
                case let byte? where (48...57).contains(byte): digit = byte - 48
                case let byte? where (97...102).contains(byte): digit = byte - 87
                case let byte? where (65...70).contains(byte): digit = byte - 55
                default: throw fault("four hexadecimal digits behind \\u")
                }
                value = value << 4 | UInt16(digit)
                position += 1
            }
            return value
        }

        private func fault(_ expected: String) -> Fault { Fault(issue: "expected \(expected) at byte \(position)") }
    }
}
