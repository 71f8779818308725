import Kernel

/// Bytes that stand for some values in one way only: a field's length in 4 bytes, big-endian, then its bytes; an absent one has the length 2³²-1.
struct CanonicalForm {
    private(set) var bytes: [UInt8] = []

    /// Begins with what the bytes are for, so that those of one kind never count as another's.
    init(_ purpose: String) { add(purpose) }

    mutating func add(_ field: [UInt8]?) {
        guard let field else {
            number(UInt32.max)
            return
        }
        number(UInt32(field.count))
        bytes += field
    }

    mutating func add(_ text: String?) { add(text.map { Array($0.utf8) }) }

    mutating func add(_ id: UUID?) {
        guard let id else {
            add(nil as [UInt8]?)
            return
        }
        number(UInt32(16))
        number(id.high)
        number(id.low)
    }

    mutating func add(_ value: Int64) {
        number(UInt32(8))
        number(value)
    }

    private mutating func number(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
