/// A hash of a text's bytes, the same in every process, so that counts of several processes can be merged.
enum TextHash {
    /// Eight bytes at a time, folded by a wide multiplication; the last ones padded, the length mixed in.
    @inline(__always)
    static func of(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count)
        var position = 0
        let raw = UnsafeRawPointer(bytes)
        while position + 8 <= count {
            hash = mix(hash ^ raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
        }
        var rest: UInt64 = 0
        var shift: UInt64 = 0
        while position < count {
            rest |= UInt64(bytes[position]) << shift
            shift += 8
            position += 1
        }
        return mix(mix(hash ^ rest) ^ 0xA076_1D64_78BD_642F)
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        let (high, low) = value.multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
        return high ^ low
    }
}
