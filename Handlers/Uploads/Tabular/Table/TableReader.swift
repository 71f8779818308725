public import Kernel

/// Reads a table of times and numbers from the bytes of a CSV file in UTF-8 with a header, piece by piece, in constant memory.
///
/// A row's time comes from the column that holds dates (the one whose name says so, where there are several), its values from the columns that hold
/// numbers with a decimal point; the first rows decide which those are. Any other column is ignored. An empty cell is an absent value; a cell that
/// cannot be read, or a row of another width than the header, refuses that row only.
///
/// It stands beside ``DelimitedReader`` on purpose. It is for files that programs send on their way into the database: it takes one dialect and guesses
/// none, repairs nothing, and refuses what is not as agreed, so that a program's mistake is heard of and not read as something else. It makes numbers of
/// the bytes where they lie, without a record of texts between, which keeps parsing a small part of what storing costs.
///
/// Throws ``AppError`` of code `UNPROCESSABLE_FILE`, with the line and what was expected there, where the file as a whole cannot be read: empty, no
/// header, no date column, no numeric column, a quote that is never closed, bytes that are not UTF-8, a NUL, a limit of ``TableLimits`` passed. After
/// that the reader is of no use.
public struct TableReader: ~Copyable, Sendable {
    /// As many bytes are taken at a time, so that what waits stays small whatever the caller hands over.
    private static let piece = 1 << 20
    private let limits: TableLimits
    private var buffer: ByteBuffer
    private var place = Place()
    private var rows: RowReader?
    /// Below this many waiting bytes there is nothing to gain from looking again.
    private var enough: Int
    /// What the columns hold, once enough rows were seen.
    public private(set) var layout: TableLayout?
    /// What has been read so far.
    public private(set) var summary = TableSummary()

    /// A reader at the beginning of a file.
    public init(limits: TableLimits = TableLimits()) {
        self.limits = limits
        buffer = ByteBuffer(capacity: limits.sampleBytes * 2)
        enough = limits.sampleBytes
    }

    /// Takes the next bytes of the file. Returns the batches that they filled, mostly none or one.
    public mutating func read(_ bytes: [UInt8]) throws(AppError) -> [TableBatch] {
        var batches: [TableBatch] = []
        var taken = 0
        while taken < bytes.count {
            let end = min(taken + Self.piece, bytes.count)
            bytes.withUnsafeBytes { append(UnsafeRawBufferPointer(rebasing: $0[taken..<end])) }
            batches += try drain(final: false)
            taken = end
        }
        return batches
    }

    /// Says that the file ends here. Returns the rest.
    public mutating func finish() throws(AppError) -> [TableBatch] {
        try drain(final: true)
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        place.before += place.position
        buffer.consume(upTo: place.position)
        buffer.append(bytes)
        place.position = 0
    }

    private mutating func drain(final: Bool) throws(AppError) -> [TableBatch] {
        guard final || buffer.end - place.position >= enough else { return [] }
        var batches: [TableBatch] = []
        if rows == nil {
            guard let found = try LayoutSearch.run(buffer, &place, final: final, limits: limits) else {
                while enough <= buffer.end - place.position { enough *= 2 }
                return []
            }
            layout = found
            rows = RowReader(layout: found, limits: limits)
        }
        try rows!.read(buffer, at: &place, final: final, into: &summary, &batches)
        // A record longer than what is here is looked for again only when twice as much is, so that its length costs no more than once.
        let waiting = buffer.end - place.position
        enough = waiting < 65_536 ? waiting + 1 : min(waiting * 2, limits.recordBytes + 1)
        return batches
    }
}
