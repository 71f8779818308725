internal import CZlib

/// One stream of deflate (RFC 1951), raw or within gzip (RFC 1952). The one owner of zlib's state, whose address may not change.
struct Inflater: ~Copyable, @unchecked Sendable {
    /// What encloses the stream.
    enum Form { case raw, gzip }

    /// How a call ended.
    enum State: Equatable {
        /// Wants more input, or more room.
        case going
        /// The stream is complete, its checksum right where it has one.
        case ended
        /// The bytes are no such stream.
        case broken
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private let isReady: Bool

    init(_ form: Form) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // Windows of 32 KiB; 16 more asks for gzip's head and trailer, a negative number for neither.
        let window: Int32 = form == .gzip ? 15 + 16 : -15
        isReady = inflateInit2_(stream, window, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    }

    deinit {
        if isReady { inflateEnd(stream) }
        stream.deallocate()
    }

    /// Begins anew, with what follows a complete stream.
    mutating func reset() { inflateReset(stream) }

    /// Unpacks as much as input and room allow.
    mutating func run(
        _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) -> (consumed: Int, produced: Int, state: State) {
        guard isReady else { return (0, 0, .broken) }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        let code = inflate(stream, Z_NO_FLUSH)
        let consumed = input.count - Int(stream.pointee.avail_in)
        let produced = output.count - Int(stream.pointee.avail_out)
        stream.pointee.next_in = nil
        stream.pointee.next_out = nil
        switch code {
        case Z_STREAM_END: return (consumed, produced, .ended)
        case Z_OK, Z_BUF_ERROR: return (consumed, produced, .going)
        default: return (consumed, produced, .broken)
        }
    }
}

/// The checksum that zip keeps of each file (CRC-32 of ISO 3309).
struct Checksum: Sendable {
    private(set) var value: UInt32 = 0

    mutating func add(_ bytes: [UInt8]) {
        value = bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32(UInt(value), $0.baseAddress, UInt32($0.count))) }
    }
}
