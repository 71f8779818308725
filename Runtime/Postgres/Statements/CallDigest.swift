public import Kernel

/// Tells questions to the database apart by their texts and values: 128 bits, the same for the same question in every process.
public struct CallDigest: Sendable {
    private var fingerprint: Fingerprint

    /// Of no question yet.
    public init() { fingerprint = [UInt8]().withUnsafeBufferPointer { Fingerprint($0) } }

    /// What was taken in so far.
    public var value: UUID { UUID(high: fingerprint.high, low: fingerprint.low) }

    /// Takes in a statement with its values.
    public mutating func add(_ call: Call) { add(call.statement.text, call.binds) }

    /// Takes in SQL with its values.
    public mutating func add(_ sql: String, _ binds: [Bind]) {
        add(Array(sql.utf8))
        for bind in binds { add(bind) }
    }

    /// Takes in bytes, with their count, so that two that follow each other are not taken for others.
    public mutating func add(_ bytes: [UInt8]) {
        fingerprint.mix(UInt64(bytes.count))
        var index = 0
        while index < bytes.count {
            var word: UInt64 = 0
            for byte in bytes[index..<min(index + 8, bytes.count)] { word = word << 8 | UInt64(byte) }
            fingerprint.mix(word)
            index += 8
        }
    }

    private mutating func add(_ bind: Bind) {
        switch bind {
        case .null: add(1, 0)
        case .bool(let value): add(2, value ? 1 : 0)
        case .int32(let value): add(3, UInt64(bitPattern: Int64(value)))
        case .int64(let value): add(4, UInt64(bitPattern: value))
        case .float8(let value): add(5, value.bitPattern)
        case .text(let value): add(6, Array(value.utf8))
        case .textBytes(let value): add(6, value)
        case .uuid(let value):
            add(7, value.high)
            fingerprint.mix(value.low)
        case .timestamp(let value): add(8, UInt64(bitPattern: value.microseconds))
        case .date(let value): add(9, UInt64(bitPattern: Int64(value.daysSinceEpoch)))
        case .json(let value): add(10, value)
        case .bytes(let value): add(11, value)
        case .array(let value): add(12, value.wireForm)
        }
    }

    private mutating func add(_ type: UInt64, _ value: UInt64) {
        fingerprint.mix(type)
        fingerprint.mix(value)
    }

    private mutating func add(_ type: UInt64, _ bytes: [UInt8]) {
        fingerprint.mix(type)
        add(bytes)
    }
}

extension BinaryArray {
    fileprivate var wireForm: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            write(to: UnsafeMutableRawPointer(mutating: buffer.baseAddress!))
            count = size
        }
    }
}
