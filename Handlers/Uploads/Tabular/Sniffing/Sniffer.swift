public import Kernel

/// Looks at the beginning of a file and says how it is to be read.
public enum Sniffer {
    /// As many records are looked at for the structure.
    static let records = 600
    /// And as many bytes of them.
    static let bytes = 512 << 10

    /// The shape of a file.
    ///
    /// - Parameters:
    ///   - head: the first bytes of the file; ``headBytes`` are enough.
    ///   - whole: whether that is all of it.
    ///
    /// Throws ``AppError`` of code `UNPROCESSABLE_FILE` where it is no text, and `VALIDATION_ERROR` where an override makes no sense.
    public static func sniff(
        _ head: [UInt8], whole: Bool, overrides: ShapeOverrides = ShapeOverrides(), limits: TableLimits = TableLimits()
    ) throws(AppError) -> TableShape {
        try overrides.check()
        var shape = TableShape()
        head.withUnsafeBufferPointer { bytes in
            let guess = EncodingGuess(bytes)
            shape.encoding = guess.encoding
            shape.mark = guess.mark
            shape.confidence.encoding = guess.confidence
            shape.reasons["encoding"] = guess.reason
        }
        if let named = overrides.encoding.flatMap(TextEncoding.init(named:)) {
            if named != shape.encoding { shape.mark = 0 }
            shape.encoding = named
            shape.confidence.encoding = 1
            shape.reasons["encoding"] = "given"
        }
        guard TextDecoder.knows(shape.encoding) else {
            throw TableFault.file(
                "The file is written in \(shape.encoding.rawValue), for which this system has no table (gconv); save it as UTF-8, or name its `encoding`"
            )
        }
        try checkBytes(head, shape.encoding)
        var text = ByteBuffer(capacity: head.count + 1024)
        var decoder = TextDecoder(shape.encoding, mark: shape.mark)
        head.withUnsafeBytes { decoder.decode($0, final: whole, into: &text) }
        try checkText(text)
        try structure(text, final: whole, overrides: overrides, limits: limits, &shape)
        return shape
    }

    /// The shape of a further table, by its text in UTF-8; all of it but its lines is as in the file.
    static func sniffLater(
        _ head: [UInt8], whole: Bool, like first: TableShape, overrides: ShapeOverrides, limits: TableLimits
    ) throws(AppError) -> TableShape {
        var shape = TableShape()
        shape.encoding = first.encoding
        shape.mark = first.mark
        shape.confidence.encoding = first.confidence.encoding
        shape.reasons["encoding"] = first.reasons["encoding"]
        var text = ByteBuffer(capacity: head.count + 1024)
        text.append(text: head)
        try structure(text, final: whole, overrides: overrides, limits: limits, &shape)
        return shape
    }

    /// As many bytes of a file decide its shape.
    public static let headBytes = 1 << 20

    private static func structure(
        _ text: borrowing ByteBuffer, final: Bool, overrides: ShapeOverrides, limits: TableLimits, _ shape: inout TableShape
    ) throws(AppError) {
        let guess = DialectGuess(text, final: final, limits: limits, overrides: overrides)
        let dialect = guess.dialect
        shape.delimiter = dialect.delimiterText
        shape.isUndelimited = dialect.delimiter == nil
        shape.quote = dialect.quote.map { String(decoding: [$0], as: UTF8.self) }
        shape.escape = dialect.escape.map { String(decoding: [$0], as: UTF8.self) } ?? shape.quote
        shape.confidence.dialect = overrides.delimiter == nil ? guess.confidence : 1
        shape.reasons["delimiter"] = overrides.delimiter == nil ? guess.reason : "given"
        shape.lineEnd = LineEnds.most(text)

        let first = SampleTable(text, dialect, width: 0, limit: records, bytes: bytes, final: final, limits: limits)
        if let wide = first.rows.first(where: { $0.width > limits.columns }) { throw TableFault.columns(wide.width, line: wide.line, limits: limits) }
        let width = StructureGuess.usualWidth(first.rows)
        let sample = SampleTable(text, dialect, width: width, limit: records, bytes: bytes, final: final, limits: limits)
        let structure = StructureGuess(sample.rows, skip: overrides.skipRows, headerRows: overrides.headerRows)
        shape.skipRows = structure.skip
        shape.headerRows = structure.headerRows
        shape.header = structure.header
        shape.columns = structure.width
        shape.hasTrailingDelimiter = structure.hasTrailingDelimiter
        shape.hasComments = structure.hasComments
        shape.typedColumns = structure.typedColumns
        shape.confidence.structure = structure.confidence
        shape.reasons["header"] = structure.reason
    }

    /// Text in units of one byte has next to no NUL.
    private static func checkBytes(_ head: [UInt8], _ encoding: TextEncoding) throws(AppError) {
        guard ![.utf16le, .utf16be, .utf32le, .utf32be].contains(encoding) else { return }
        let sample = head.prefix(4096)
        let nuls = sample.reduce(0) { $0 + ($1 == 0 ? 1 : 0) }
        guard nuls > 4, nuls * 50 > sample.count, let first = sample.firstIndex(of: 0) else { return }
        throw TableFault.file("The file is no text: byte \(first) is the first of \(nuls) that are NUL; expected a table as text")
    }

    /// Text has few control characters.
    private static func checkText(_ text: borrowing ByteBuffer) throws(AppError) {
        let count = min(text.count, 4096)
        guard count > 0 else { return }
        var controls = 0
        var first = -1
        for offset in 0..<count {
            let byte = text.base[text.start + offset]
            let isControl = byte < 0x09 && byte > 0x03 || (0x0E...0x1A).contains(byte)
            let isReplaced = byte == 0xEF && text.base[text.start + offset + 1] == 0xBF && text.base[text.start + offset + 2] == 0xBD
            guard isControl || isReplaced else { continue }
            controls += 1
            if first < 0 { first = offset }
        }
        if controls * 10 > count + 10 {
            throw TableFault.file("The file is no text: byte \(first) is one of \(controls) that stand for no character; expected a table as text")
        }
    }
}

extension ShapeOverrides {
    func check() throws(AppError) {
        var issues: [AppError.Issue] = []
        if let encoding, TextEncoding(named: encoding) == nil {
            let known = TextEncoding.allCases.map(\.rawValue).joined(separator: ", ")
            issues.append(.init(field: "encoding", issue: "is not known; expected one of \(known)"))
        }
        for (name, text) in [("delimiter", delimiter), ("quote", quote), ("escape", escape)] {
            guard let text, !["tab", "\\t", "space", ""].contains(text) else { continue }
            if text.utf8.count != 1 && !(name == "delimiter" && text.utf8.count == 2 && text.hasSuffix(" ")) || text.utf8.first! >= 0x80 {
                issues.append(.init(field: name, issue: "must be one character of ASCII"))
            }
        }
        if let skipRows, !(0...1_000_000).contains(skipRows) { issues.append(.init(field: "skip_rows", issue: "must be 0…1000000")) }
        if let table, !(1...DelimitedReader.mostTables).contains(table) {
            issues.append(.init(field: "table", issue: "must be 1…\(DelimitedReader.mostTables)"))
        }
        if let headerRows, !(0...10).contains(headerRows) { issues.append(.init(field: "header_rows", issue: "must be 0…10")) }
        if !issues.isEmpty { throw AppError(.validation, issues: issues) }
    }
}

/// How lines end.
enum LineEnds {
    static func most(_ text: borrowing ByteBuffer) -> TableShape.LineEnd {
        var feeds = 0
        var pairs = 0
        var returns = 0
        let end = min(text.end, text.start + 64 << 10)
        for position in text.start..<end {
            if text.base[position] == 0x0A {
                if position > text.start, text.base[position - 1] == 0x0D { pairs += 1 } else { feeds += 1 }
            } else if text.base[position] == 0x0D, text.base[position + 1] != 0x0A {
                returns += 1
            }
        }
        let all = feeds + pairs + returns
        if all == 0 || feeds == all { return .lf }
        if pairs == all { return .crlf }
        if returns == all { return .cr }
        return .mixed
    }
}
