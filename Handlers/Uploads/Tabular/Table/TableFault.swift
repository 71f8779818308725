import Kernel

/// What makes a whole file unreadable, said with its place.
enum TableFault {
    static func at(line: Int, _ what: String) -> AppError {
        AppError(.unprocessableFile, "Line \(line): \(what)", issues: [.init(field: "line \(line)", issue: what)])
    }

    static func file(_ what: String) -> AppError {
        AppError(.unprocessableFile, what, issues: [.init(field: "file", issue: what)])
    }

    /// - Parameter place: where the record begins.
    static func record(_ fault: RecordFault, at place: Place, limits: TableLimits) -> AppError {
        guard fault.offset - place.position < limits.recordBytes else { return longRecord(line: place.line, limits: limits) }
        let line = place.line + fault.lines
        switch fault.kind {
        case .nul:
            return at(line: line, "column \(fault.column) holds a NUL character at byte \(place.before + fault.offset); expected text in UTF-8")
        case .unclosedQuote:
            return at(line: line, "the quote that opens column \(fault.column) is never closed")
        case .longField:
            return at(line: line, "column \(fault.column) is longer than \(limits.fieldBytes) bytes; is a quote missing at its end?")
        }
    }

    static func utf8(line: Int, byte: Int, value: UInt8) -> AppError {
        let hex = String(value, radix: 16, uppercase: true)
        return at(line: line, "byte \(byte) is 0x\(hex), which is not UTF-8 there; save the file as UTF-8")
    }

    static func longRecord(line: Int, limits: TableLimits) -> AppError {
        at(line: line, "the row is longer than \(limits.recordBytes) bytes")
    }

    static func columns(_ count: Int, line: Int, limits: TableLimits) -> AppError {
        at(line: line, "the header has \(count) columns; at most \(limits.columns) are read")
    }
}
