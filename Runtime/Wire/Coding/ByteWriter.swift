/// Appends little-endian numbers and length-prefixed bytes.
struct ByteWriter {
    private(set) var bytes: [UInt8]

    init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    mutating func put<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ value: Bool) { bytes.append(value ? 1 : 0) }

    mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            put(UInt32(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    mutating func put(_ blob: [UInt8]) {
        put(UInt32(blob.count))
        bytes.append(contentsOf: blob)
    }

    mutating func put<T>(_ items: [T], _ each: (inout ByteWriter, T) -> Void) {
        put(UInt16(items.count))
        for item in items { each(&self, item) }
    }

    mutating func putRaw(_ blob: [UInt8]) { bytes.append(contentsOf: blob) }

    /// Writes a number over the bytes at an offset.
    mutating func patch(_ value: UInt32, at offset: Int) {
        withUnsafeBytes(of: value.littleEndian) { source in
            for index in 0..<4 { bytes[offset + index] = source[index] }
        }
    }

    consuming func finish() -> [UInt8] { bytes }
}
