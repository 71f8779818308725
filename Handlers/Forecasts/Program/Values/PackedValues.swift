import HandlerKit

/// Values of a KPI as the database packs them, in the order of their times.
struct PackedValues: Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    private(set) var times: [Int64] = []
    private(set) var values: [Double] = []

    init() {}

    /// Pairs of `timestamptz_send` and `float8send`; none where the column is null. Without times outside of the years 1 to 9999, the infinities among
    /// them, and without what is no finite number.
    init(_ row: Row, _ column: Int) throws {
        var found: [(time: Int64, value: Double)] = []
        try row.withBytes(column) { bytes in
            guard let bytes else { return }
            found.reserveCapacity(bytes.count / 16)
            for offset in stride(from: 0, to: bytes.count - 15, by: 16) {
                let (time, isBeyond) = Self.integer(bytes, offset).addingReportingOverflow(Self.epoch)
                let value = Double(bitPattern: UInt64(bitPattern: Self.integer(bytes, offset + 8)))
                if !isBeyond, Self.span.contains(time), value.isFinite { found.append((time, value)) }
            }
        }
        found.sort { $0.time < $1.time }
        times = found.map(\.time)
        values = found.map(\.value)
    }

    var count: Int { times.count }

    private static let epoch: Int64 = 946_684_800_000_000
    private static let span: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_000_000
    private static func integer(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int64 {
        Int64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
    }
}
