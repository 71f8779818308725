internal import CZlib

/// Makes archives for tests, right ones and wrong ones.
public struct ZipBuilder {
    /// How a file is packed.
    public enum Method: Int, Sendable { case stored = 0, deflated = 8 }

    /// The archive without its directory.
    public private(set) var bytes: [UInt8]
    private var directory: [UInt8] = []
    private var count = 0

    /// An archive behind some other bytes.
    public init(behind prefix: [UInt8] = []) {
        bytes = prefix
        start = prefix.count
    }
    private let start: Int

    /// Adds a file. What the directory claims may be set apart from what is true.
    public mutating func add(
        _ name: String, _ content: [UInt8], _ method: Method = .deflated, flags: Int = 0, claimedSize: Int? = nil, claimedChecksum: UInt32? = nil
    ) {
        let packed = method == .stored ? content : Deflate.raw(content)
        let checksum = claimedChecksum ?? content.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32(0, $0.baseAddress, UInt32($0.count))) }
        let offset = bytes.count - start
        let head =
            [20, flags, method.rawValue, 0, 0x5821].flatMap { Self.u16($0) } + Self.u32(Int(checksum)) + Self.u32(packed.count)
            + Self.u32(claimedSize ?? content.count) + Self.u16(name.utf8.count) + Self.u16(0)
        bytes += Self.u32(0x0403_4B50) + head + Array(name.utf8) + packed
        directory += Self.u32(0x0201_4B50) + Self.u16(20) + head + [0, 0, 0, 0].flatMap { Self.u16($0) }.prefix(6) + Self.u32(0) + Self.u32(offset)
        directory += Array(name.utf8)
        count += 1
    }

    /// Adds a text.
    public mutating func add(_ name: String, _ text: String, _ method: Method = .deflated) { add(name, Array(text.utf8), method) }

    /// The whole archive.
    public func finished(claimedCount: Int? = nil) -> [UInt8] {
        let number = claimedCount ?? count
        return bytes + directory + Self.u32(0x0605_4B50) + Self.u16(0) + Self.u16(0) + Self.u16(number) + Self.u16(number) + Self.u32(directory.count)
            + Self.u32(bytes.count - start) + Self.u16(0)
    }

    private static func u16(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8 & 255)] }
    private static func u32(_ value: Int) -> [UInt8] { u16(value) + u16(value >> 16) }
}

/// Packs for tests.
public enum Deflate {
    /// Deflate without anything around it.
    public static func raw(_ bytes: [UInt8]) -> [UInt8] { run(bytes, window: -15) }
    /// One gzip member.
    public static func gzip(_ bytes: [UInt8]) -> [UInt8] { run(bytes, window: 15 + 16) }

    private static func run(_ bytes: [UInt8], window: Int32) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var input = bytes
        return [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(bytes.count))) + 64) { output, count in
            input.withUnsafeMutableBufferPointer { source in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                deflate(&stream, Z_FINISH)
                count = output.count - Int(stream.avail_out)
            }
        }
    }
}
