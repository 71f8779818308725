/// The fields of one batch, looked at without copying them. The only place here that knows how a batch is laid out.
struct RecordFields {
    private let bytes: UnsafePointer<UInt8>
    private let starts: UnsafeBufferPointer<UInt32>
    private let lengths: UnsafeBufferPointer<UInt32>
    private let ends: UnsafeBufferPointer<UInt32>
    private let lines: UnsafeBufferPointer<Int>
    /// The number of the first record, from 0.
    let first: Int

    /// How many records there are.
    var count: Int { ends.count }

    /// The numbers of a record's fields.
    @inline(__always)
    func fields(_ record: Int) -> Range<Int> { (record == 0 ? 0 : Int(ends[record - 1]))..<Int(ends[record]) }

    /// The line where a record begins.
    @inline(__always)
    func line(_ record: Int) -> Int { record < lines.count ? lines[record] : 0 }

    /// A field; empty where it is null.
    @inline(__always)
    func field(_ index: Int) -> (start: UnsafePointer<UInt8>, count: Int) {
        let length = lengths[index]
        return length == RecordBatch.nullLength ? (bytes, 0) : (bytes + Int(starts[index]), Int(length))
    }

    /// Looks at a batch.
    static func look<Result>(_ batch: RecordBatch, _ body: (RecordFields) -> Result) -> Result {
        var nothing: UInt8 = 0
        return withUnsafePointer(to: &nothing) { nothing in
            batch.bytes.withUnsafeBufferPointer { bytes in
                batch.starts.withUnsafeBufferPointer { starts in
                    batch.lengths.withUnsafeBufferPointer { lengths in
                        batch.recordEnds.withUnsafeBufferPointer { ends in
                            batch.lines.withUnsafeBufferPointer { lines in
                                body(
                                    RecordFields(
                                        bytes: bytes.baseAddress ?? nothing, starts: starts, lengths: lengths, ends: ends, lines: lines,
                                        first: batch.firstRecord))
                            }
                        }
                    }
                }
            }
        }
    }
}
