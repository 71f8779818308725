/// Sixteen bytes that are looked at together.
struct ByteBlock {
    let bytes: SIMD16<UInt8>

    /// The sixteen bytes at a pointer, aligned or not.
    @inline(__always)
    init(_ pointer: UnsafePointer<UInt8>) {
        bytes = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<UInt8>.self)
    }

    /// Marks the bytes that equal one value.
    @inline(__always)
    func equal(_ value: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> { bytes .== value }
}

/// Positions within a block, taken one after the other, lowest first.
struct BlockHits {
    private var low: UInt64
    private var high: UInt64

    @inline(__always)
    init(_ mask: SIMDMask<SIMD16<Int8>>) {
        let halves = unsafeBitCast(mask, to: SIMD2<UInt64>.self)
        low = UInt64(littleEndian: halves[0])
        high = UInt64(littleEndian: halves[1])
    }

    /// The next position, 0 to 15; nil when there is none.
    @inline(__always)
    mutating func next() -> Int? {
        if low != 0 {
            let bit = low.trailingZeroBitCount
            low &= ~(0xFF &<< UInt64(bit))
            return bit >> 3
        }
        if high != 0 {
            let bit = high.trailingZeroBitCount
            high &= ~(0xFF &<< UInt64(bit))
            return 8 + bit >> 3
        }
        return nil
    }
}
