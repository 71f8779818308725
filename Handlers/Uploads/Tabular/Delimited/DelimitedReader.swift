public import Kernel

/// Reads any delimited text: finds out by its beginning how it is written, then makes records of it, piece by piece, in constant memory.
///
/// The header and what stands above it are no records; see ``shape``. A short record is filled up with empty fields, a longer one keeps its fields;
/// comments, footnotes and further tables are left out. ``summary`` tells of each of these. Nothing of a cell is changed but its quotes.
///
/// Throws ``AppError`` of code `UNPROCESSABLE_FILE`, with the line and what was expected there, where the file is no text or passes a limit of
/// ``TableLimits``; `VALIDATION_ERROR` for an override that makes no sense. After that the reader is of no use.
public struct DelimitedReader: ~Copyable, Sendable, RecordSource {
    private let overrides: ShapeOverrides
    private let limits: TableLimits
    private var head: [UInt8] = []
    private var table: TableRecords?
    /// How the file is read, once enough of it was seen.
    public private(set) var shape: TableShape?

    /// A reader at the beginning of a file.
    public init(overrides: ShapeOverrides = ShapeOverrides(), limits: TableLimits = TableLimits()) {
        self.overrides = overrides
        self.limits = limits
    }

    /// A reader at the beginning of a file whose shape is known; or at a place in it that was noted before, from whose byte on it is then to be fed.
    public init(shape: TableShape, from place: RowPlaces.Place? = nil, limits: TableLimits = TableLimits()) {
        self.init(limits: limits)
        self.shape = shape
        table = TableRecords(shape, limits: limits, from: place)
    }

    /// What has been read so far.
    public private(set) var summary = ReadSummary()

    public mutating func feed(_ bytes: [UInt8]) throws(AppError) {
        guard table == nil else { return try read(bytes) }
        head += bytes
        if head.count >= Sniffer.headBytes { try begin(whole: false) }
    }

    public mutating func finish() throws(AppError) {
        if table == nil { try begin(whole: true) }
        try table!.finish()
        summary = table!.told()
    }

    public mutating func next() -> RecordBatch? { table == nil ? nil : table!.next() }

    private mutating func begin(whole: Bool) throws(AppError) {
        let sample = whole ? head : Array(head.prefix(Sniffer.headBytes))
        let found = try Sniffer.sniff(sample, whole: whole, overrides: overrides, limits: limits)
        shape = found
        table = TableRecords(found, limits: limits)
        let all = head
        head = []
        try read(all)
    }

    private mutating func read(_ bytes: [UInt8]) throws(AppError) {
        var taken = 0
        while taken < bytes.count {
            let end = min(taken + 1 << 20, bytes.count)
            let failure = bytes.withUnsafeBytes { all -> AppError? in
                do throws(AppError) {
                    try table!.read(UnsafeRawBufferPointer(rebasing: all[taken..<end]))
                    return nil
                } catch { return error }
            }
            if let failure { throw failure }
            summary = table!.told()
            taken = end
        }
    }
}
