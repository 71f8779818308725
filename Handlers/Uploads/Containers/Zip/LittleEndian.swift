/// Whole numbers with the lowest byte first, as zip and the older workbooks write them. Absent bytes are zero: callers check the length.
extension [UInt8] {
    /// Two bytes.
    @inline(__always)
    func u16(_ at: Int) -> Int { at >= 0 && at + 2 <= count ? Int(self[at]) | Int(self[at + 1]) << 8 : 0 }

    /// Four bytes.
    @inline(__always)
    func u32(_ at: Int) -> Int { u16(at) | u16(at + 2) << 16 }

    /// Eight bytes; cut to what an Int holds, which is more than any file has.
    func u64(_ at: Int) -> Int { u32(at) | (u32(at + 4) & 0x7FFF_FFFF) << 32 }
}
