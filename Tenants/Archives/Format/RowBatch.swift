public import Kernel

/// Some rows of one table: the texts of their values, side by side in one buffer.
public struct RowBatch: Sendable {
    /// The table's place in the manifest.
    public let table: Int
    /// Values of one row.
    public let width: Int
    /// The line of the first row in the archive, from 1.
    public let firstLine: Int
    /// Rows.
    public private(set) var count = 0
    private var bytes: [UInt8] = []
    /// Where each value ends in ``bytes``; below zero, as the complement, where it is null.
    private var ends: [Int] = []

    /// A batch without rows.
    public init(table: Int, width: Int, firstLine: Int = 1) {
        self.table = table
        self.width = width
        self.firstLine = firstLine
    }

    /// Bytes of all values.
    public var byteCount: Int { bytes.count }

    /// The text of a value in UTF-8; nil for null.
    public func cell(_ row: Int, _ column: Int) -> ArraySlice<UInt8>? {
        let index = row * width + column
        let end = ends[index]
        guard end >= 0 else { return nil }
        let start = index == 0 ? 0 : ends[index - 1]
        return bytes[(start < 0 ? ~start : start)..<end]
    }

    /// Appends a row of texts. Traps unless there are as many as the batch is wide.
    public mutating func append(_ cells: [String?]) {
        precondition(cells.count == width, "a row of \(cells.count) values in a batch of \(width)")
        for cell in cells {
            if let cell {
                bytes.append(contentsOf: cell.utf8)
                endCell()
            } else {
                appendNull()
            }
        }
        endRow()
    }

    // MARK: For the reader of lines

    mutating func append(_ more: some Collection<UInt8>) { bytes.append(contentsOf: more) }
    mutating func append(_ byte: UInt8) { bytes.append(byte) }
    mutating func endCell() { ends.append(bytes.count) }
    mutating func appendNull() { ends.append(~bytes.count) }
    mutating func endRow() { count += 1 }

    /// Whether the newest value is well-formed UTF-8.
    var endsInUTF8: Bool {
        let start = ends.count < 2 ? 0 : ends[ends.count - 2]
        return String(validating: bytes[(start < 0 ? ~start : start)...], as: UTF8.self) != nil
    }
}

extension RowBatch {
    /// Lines as ``RowLine`` writes them, joined by line ends. Throws `UNPROCESSABLE_FILE` where one is none.
    public init(lines: [UInt8], table: Int, width: Int, firstLine: Int = 1) throws(AppError) {
        self.init(table: table, width: width, firstLine: firstLine)
        var fault: (line: Int, issue: String)?
        lines.withUnsafeBufferPointer { bytes in
            var start = 0
            while start < bytes.count, fault == nil {
                let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
                do throws(RowLine.Fault) {
                    try RowLine.read(UnsafeBufferPointer(rebasing: bytes[start..<end]), into: &self)
                } catch { fault = (firstLine + count, error.issue) }
                start = end + 1
            }
        }
        if let fault { throw ArchiveForm.fault(fault.line, fault.issue) }
    }
}
