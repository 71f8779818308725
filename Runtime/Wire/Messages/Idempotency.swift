/// A client's `Idempotency-Key` and what it was sent with (draft-ietf-httpapi-idempotency-key-header).
public struct Idempotency: Sendable, Hashable {
    /// 1 to 255 visible ASCII characters.
    public var key: String
    /// SHA-256 over method, path, query and body: the same key with another request is refused.
    public var fingerprint: [UInt8]

    public init(key: String, fingerprint: [UInt8]) {
        self.key = key
        self.fingerprint = fingerprint
    }

    init(from reader: inout ByteReader) throws(WireError) {
        key = try reader.text()
        fingerprint = try reader.blob()
    }

    func write(to writer: inout ByteWriter) {
        writer.put(key)
        writer.put(fingerprint)
    }
}

/// Whether an invocation is recorded or replayed.
public enum Recording: Sendable, Hashable {
    /// Neither.
    case none
    /// Keep what is read from outside, and send it as `trace` in front of a failure.
    case keepForFailure
    /// Keep what is read from outside, and send it as `trace` in front of the last frame.
    case keep
    /// Read nothing from outside: take everything from this trace.
    case replay([UInt8])

    init(from reader: inout ByteReader) throws(WireError) {
        switch try reader.number(UInt8.self) {
        case 0: self = .none
        case 1: self = .keepForFailure
        case 2: self = .keep
        case 3: self = .replay(try reader.blob())
        case let other: throw WireError("the unknown recording \(other)")
        }
    }

    func write(to writer: inout ByteWriter) {
        switch self {
        case .none: writer.put(UInt8(0))
        case .keepForFailure: writer.put(UInt8(1))
        case .keep: writer.put(UInt8(2))
        case .replay(let trace):
            writer.put(UInt8(3))
            writer.put(trace)
        }
    }
}
