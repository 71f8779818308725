/// Some records of a table as raw text: what every reader of files makes, and what types, statistics, previews and imports are made of.
///
/// Fields are numbered through the whole batch, record after record: those of record `r` are ``fields(of:)``. A batch holds at most some
/// ``suggestedRecords`` records or ``suggestedBytes`` bytes, but always whole records.
public struct RecordBatch: Sendable {
    /// After this many records a producer begins another batch.
    public static let suggestedRecords = 4096
    /// After this many bytes of text a producer begins another batch.
    public static let suggestedBytes = 1 << 20

    /// What the fields point into; UTF-8. Bytes between fields mean nothing.
    public internal(set) var bytes: [UInt8]
    /// Where each field begins in ``bytes``.
    public internal(set) var starts: [UInt32] = []
    /// How many bytes each field has; ``nullLength`` where there is no value.
    public internal(set) var lengths: [UInt32] = []
    /// How many fields there are up to each record's end.
    public internal(set) var recordEnds: [UInt32] = []
    /// The line of the file where each record begins, from 1; of a workbook the row.
    public internal(set) var lines: [Int] = []
    /// The number of the first record among the table's data rows, from 0.
    public var firstRecord = 0
    /// The first record's place in the bytes of the file as they came, from 0; close to it where the file is not UTF-8, and
    /// -1 where it is not known.
    public var firstByte = 0

    /// The length that stands for no value at all, which delimited text does not have.
    public static let nullLength = UInt32.max

    /// A batch without records.
    public init(firstRecord: Int = 0, firstByte: Int = 0) {
        bytes = []
        self.firstRecord = firstRecord
        self.firstByte = firstByte
    }

    /// Records in the batch.
    public var count: Int { recordEnds.count }
    /// Whether there is none.
    public var isEmpty: Bool { recordEnds.isEmpty }
    /// Whether a producer should begin another batch.
    public var isFull: Bool { recordEnds.count >= Self.suggestedRecords || bytes.count >= Self.suggestedBytes }

    /// The fields of one record.
    @inline(__always)
    public func fields(of record: Int) -> Range<Int> {
        (record == 0 ? 0 : Int(recordEnds[record - 1]))..<Int(recordEnds[record])
    }

    /// Whether a field has no value.
    @inline(__always)
    public func isNull(_ field: Int) -> Bool { lengths[field] == Self.nullLength }

    /// Lends the bytes of a field; none where it is null.
    @inline(__always)
    public func withField<R>(_ field: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        let length = lengths[field] == Self.nullLength ? 0 : Int(lengths[field])
        return try bytes.withUnsafeBufferPointer { all in
            try body(UnsafeBufferPointer(rebasing: all[Int(starts[field])..<Int(starts[field]) + length]))
        }
    }

    /// A field as a text; nil where it is null.
    public func text(_ field: Int) -> String? {
        isNull(field) ? nil : withField(field) { String(decoding: $0, as: UTF8.self) }
    }

    /// All texts of a record.
    public func row(_ record: Int) -> [String?] { fields(of: record).map(text) }
}

extension RecordBatch {
    /// Adds a field to the record that is being made.
    public mutating func append(_ field: UnsafeBufferPointer<UInt8>) {
        starts.append(UInt32(truncatingIfNeeded: bytes.count))
        lengths.append(UInt32(truncatingIfNeeded: field.count))
        bytes.append(contentsOf: field)
    }

    /// Adds a field to the record that is being made.
    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }

    /// Adds a field without a value.
    public mutating func appendNull() {
        starts.append(UInt32(truncatingIfNeeded: bytes.count))
        lengths.append(Self.nullLength)
    }

    /// Ends the record that is being made.
    public mutating func endRecord(line: Int) {
        recordEnds.append(UInt32(truncatingIfNeeded: starts.count))
        lines.append(line)
    }
}
