import Kernel

// Postgres counts days and microseconds from 2000-01-01 (PostgreSQL, src/include/datatype/timestamp.h).

extension CalendarDate {
    /// Days from 1970-01-01 to 2000-01-01.
    static let postgresEpoch = 10_957
    var postgresDays: Int32 { Int32(daysSinceEpoch - Self.postgresEpoch) }
}

extension Timestamp {
    private static let postgresEpoch: Int64 = 946_684_800_000_000

    /// The two extremes stand for the infinities, which the server writes as the extremes of its own count.
    var postgresMicroseconds: Int64 {
        let (value, overflow) = microseconds.subtractingReportingOverflow(Self.postgresEpoch)
        if overflow || microseconds == .min { return .min }
        return microseconds == .max ? .max : value
    }

    init(postgresMicroseconds value: Int64) {
        let (sum, overflow) = value.addingReportingOverflow(Self.postgresEpoch)
        self.init(microseconds: value == .min ? .min : overflow ? .max : sum)
    }
}

extension UnsafeRawBufferPointer {
    /// A big-endian integer at an offset, which need not be aligned.
    func bigEndian<Value: FixedWidthInteger>(_ type: Value.Type, at offset: Int = 0) -> Value {
        Value(bigEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}
