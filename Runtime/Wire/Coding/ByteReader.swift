import Glibc

/// Reads what `ByteWriter` wrote; every read is checked against the bytes there are.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var remaining: Int { bytes.count - position }

    mutating func take(_ count: Int) throws(WireError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw WireError("a message ends \(count - remaining) bytes too early") }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    mutating func number<T: FixedWidthInteger>(_: T.Type = T.self) throws(WireError) -> T {
        T(littleEndian: try take(MemoryLayout<T>.size).loadUnaligned(as: T.self))
    }

    mutating func flag() throws(WireError) -> Bool {
        switch try number(UInt8.self) {
        case 0: false
        case 1: true
        case let other: throw WireError("\(other) where 0 or 1 was expected")
        }
    }

    mutating func text() throws(WireError) -> String {
        let raw = try take(Int(try number(UInt32.self)))
        // Decoding repairs what is not UTF-8, so bytes that come out as they went in are; far cheaper than `String(validating:as:)`.
        var text = String(decoding: raw, as: UTF8.self)
        let isWhole = text.withUTF8 { $0.count == raw.count && ($0.isEmpty || memcmp($0.baseAddress!, raw.baseAddress!, raw.count) == 0) }
        guard isWhole else { throw WireError("text that is not UTF-8") }
        return text
    }

    mutating func blob() throws(WireError) -> [UInt8] { Array(try take(Int(try number(UInt32.self)))) }

    mutating func rest() throws(WireError) -> [UInt8] { Array(try take(remaining)) }

    mutating func items<T>(_ each: (inout ByteReader) throws(WireError) -> T) throws(WireError) -> [T] {
        let count = Int(try number(UInt16.self))
        var items: [T] = []
        items.reserveCapacity(count)
        for _ in 0..<count { items.append(try each(&self)) }
        return items
    }

    func finish() throws(WireError) {
        guard remaining == 0 else { throw WireError("\(remaining) bytes behind the end of a message") }
    }
}
