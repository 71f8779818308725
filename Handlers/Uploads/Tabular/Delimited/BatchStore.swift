/// Gathers the records of a piece of memory into a batch: the piece is copied once, with its fields where they are.
struct BatchStore: ~Copyable, @unchecked Sendable {
    private var starts: UnsafeMutablePointer<UInt32>
    private var lengths: UnsafeMutablePointer<UInt32>
    private var capacity = 65_536
    private var fields = 0
    private var ends: [UInt32] = []
    private var lines: [Int] = []
    /// Where the first record begins in the memory.
    private var begin = 0
    private(set) var count = 0

    init() {
        starts = .allocate(capacity: 65_536)
        lengths = .allocate(capacity: 65_536)
    }

    deinit {
        starts.deallocate()
        lengths.deallocate()
    }

    /// Whether another record should begin another batch.
    func isFull(at position: Int) -> Bool { count >= RecordBatch.suggestedRecords || count > 0 && position - begin >= RecordBatch.suggestedBytes }

    /// Adds the fields that were found last, and empty ones up to a width.
    @inline(__always)
    mutating func append(_ finder: borrowing RecordFinder, _ found: Int, from start: Int, line: Int, width: Int) {
        if count == 0 { begin = start }
        let room = max(found, width)
        if fields + room > capacity { grow(to: fields + room) }
        for index in 0..<found {
            let field = finder.field(index)
            (starts + fields + index).initialize(to: field.start &- UInt32(truncatingIfNeeded: begin))
            (lengths + fields + index).initialize(to: field.length)
        }
        for index in found..<max(found, room) {
            (starts + fields + index).initialize(to: 0)
            (lengths + fields + index).initialize(to: 0)
        }
        fields += room
        ends.append(UInt32(truncatingIfNeeded: fields))
        lines.append(line)
        count += 1
    }

    /// Shortens a field of the last record, whose text was made shorter.
    mutating func shorten(_ index: Int, of record: Int, to length: Int) {
        (lengths + fields - record + index).initialize(to: UInt32(truncatingIfNeeded: length))
    }

    /// The batch of all records since the last call, which lie before `end`.
    mutating func take(_ base: UnsafePointer<UInt8>, to end: Int, firstRecord: Int, firstByte: Int) -> RecordBatch {
        var batch = RecordBatch(firstRecord: firstRecord, firstByte: firstByte + begin)
        batch.bytes = Array(UnsafeBufferPointer(start: base + begin, count: end - begin))
        batch.starts = Array(UnsafeBufferPointer(start: starts, count: fields))
        batch.lengths = Array(UnsafeBufferPointer(start: lengths, count: fields))
        batch.recordEnds = ends
        batch.lines = lines
        ends = []
        lines = []
        ends.reserveCapacity(RecordBatch.suggestedRecords)
        lines.reserveCapacity(RecordBatch.suggestedRecords)
        fields = 0
        count = 0
        return batch
    }

    private mutating func grow(to needed: Int) {
        let size = max(capacity * 2, needed)
        let moreStarts = UnsafeMutablePointer<UInt32>.allocate(capacity: size)
        let moreLengths = UnsafeMutablePointer<UInt32>.allocate(capacity: size)
        moreStarts.moveInitialize(from: starts, count: fields)
        moreLengths.moveInitialize(from: lengths, count: fields)
        starts.deallocate()
        lengths.deallocate()
        (starts, lengths, capacity) = (moreStarts, moreLengths, size)
    }
}
