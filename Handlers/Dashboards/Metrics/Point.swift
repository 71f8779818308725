/// One value of a metric.
public struct Point: Sendable, Hashable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let time: Int64
    public let value: Double

    public init(time: Int64, value: Double) {
        self.time = time
        self.value = value
    }
}

extension [Point] {
    /// Points from pairs of `timestamptz_send` and `float8send`, sixteen bytes each, in the order of their times.
    ///
    /// Rows mostly lie in that order already, so the database is not asked to sort them.
    public init(packed bytes: UnsafeRawBufferPointer) {
        var ordered = true
        var last = Int64.min
        self = [Point](unsafeUninitializedCapacity: bytes.count / 16) { points, count in
            while count < bytes.count / 16 {
                let time = bytes.postgresTime(at: count * 16)
                (points.baseAddress! + count).initialize(to: Point(time: time, value: bytes.double(at: count * 16 + 8)))
                ordered = ordered && time >= last
                last = time
                count += 1
            }
        }
        if !ordered { sort { $0.time < $1.time } }
    }
}

extension UnsafeRawBufferPointer {
    /// A `timestamptz` in its binary form: Postgres counts from 2000-01-01. Its infinities become the farthest times.
    func postgresTime(at offset: Int) -> Int64 {
        let (time, beyond) = integer(at: offset).addingReportingOverflow(946_684_800_000_000)
        return beyond ? .max : time
    }

    func integer(at offset: Int) -> Int64 { Int64(bigEndian: loadUnaligned(fromByteOffset: offset, as: Int64.self)) }
    func double(at offset: Int) -> Double { Double(bitPattern: UInt64(bitPattern: integer(at: offset))) }
}
