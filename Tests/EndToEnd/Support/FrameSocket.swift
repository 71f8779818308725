import Kernel

/// An HTTP/2 connection on which every frame is the test's own (RFC 9113 section 4). Calls block.
final class FrameSocket {
    struct Frame {
        var type: UInt8
        var flags: UInt8
        var stream: UInt32
        var payload: [UInt8]

        var endsStream: Bool { flags & 1 == 1 }
        /// The error code of RST_STREAM and GOAWAY.
        var errorCode: UInt8? {
            switch type {
            case 3: payload.last
            case 7: payload.count >= 8 ? payload[7] : nil
            default: nil
            }
        }
    }

    enum Kind {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let reset: UInt8 = 3
        static let settings: UInt8 = 4
        static let ping: UInt8 = 6
        static let goAway: UInt8 = 7
        static let windowUpdate: UInt8 = 8
        static let continuation: UInt8 = 9
    }

    /// Error codes (RFC 9113 section 7).
    enum Code {
        static let none: UInt8 = 0
        static let protocolError: UInt8 = 1
        static let refusedStream: UInt8 = 7
        static let enhanceYourCalm: UInt8 = 11
    }

    let socket: RawSocket
    private var buffer: [UInt8] = []

    /// Connects, and sends preface and settings.
    init(port: Int, window: UInt32 = 65_535) throws {
        socket = try RawSocket(port: port)
        let setting: [UInt8] = [0, 4, UInt8(window >> 24), UInt8(window >> 16 & 255), UInt8(window >> 8 & 255), UInt8(window & 255)]
        try socket.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + Self.frame(Kind.settings, 0, 0, setting) + Self.frame(Kind.settings, 1, 0))
    }

    static func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8] = []) -> [UInt8] {
        let count = payload.count
        return [UInt8(count >> 16), UInt8(count >> 8 & 255), UInt8(count & 255), type, flags]
            + [UInt8(stream >> 24), UInt8(stream >> 16 & 255), UInt8(stream >> 8 & 255), UInt8(stream & 255)] + payload
    }

    /// A header block of plain literals that enter no table (RFC 7541 section 6.2.2).
    static func block(_ lines: [(String, String)]) -> [UInt8] {
        func text(_ value: String) -> [UInt8] {
            let bytes = Array(value.utf8)
            guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
            var rest = bytes.count - 127
            var length: [UInt8] = [127]
            while rest >= 128 {
                length.append(UInt8(rest % 128 + 128))
                rest /= 128
            }
            return length + [UInt8(rest)] + bytes
        }
        return lines.flatMap { [0] + text($0.0) + text($0.1) }
    }

    static func request(_ method: String, _ path: String, _ lines: [(String, String)] = []) -> [(String, String)] {
        [(":method", method), (":scheme", "http"), (":path", path), (":authority", "a")] + lines
    }

    /// Opens a stream.
    @discardableResult
    func open(_ stream: UInt32, _ lines: [(String, String)], ends: Bool = true) throws -> Bool {
        try socket.send(Self.frame(Kind.headers, ends ? 5 : 4, stream, Self.block(lines)))
    }

    @discardableResult
    func send(_ type: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8] = []) throws -> Bool {
        try socket.send(Self.frame(type, flags, stream, payload))
    }

    /// The next frame that is neither settings, ping nor window update; nil at the connection's end.
    func next() throws -> Frame? {
        while let frame = try any() {
            switch frame.type {
            case Kind.settings, Kind.windowUpdate: continue
            case Kind.ping: if frame.flags & 1 == 0 { try send(Kind.ping, 1, 0, frame.payload) }
            default: return frame
            }
        }
        return nil
    }

    /// All of an answer on a stream: the first byte of its header block, which tells common statuses, and its body. Nil if the stream was reset or the
    /// connection ended.
    func answer(on stream: UInt32) throws -> (status: Int?, body: String)? {
        var status: Int?
        var body: [UInt8] = []
        while let frame = try next() {
            guard frame.stream == stream else { continue }
            switch frame.type {
            case Kind.headers: status = Self.status(frame.payload)
            case Kind.data: body += frame.payload
            default: return nil
            }
            if frame.endsStream { return (status, String(decoding: body, as: UTF8.self)) }
        }
        return nil
    }

    /// Of the static table (RFC 7541 appendix A), behind changes of the table's size.
    private static func status(_ block: [UInt8]) -> Int? {
        let known: [UInt8: Int] = [0x88: 200, 0x89: 204, 0x8C: 400, 0x8D: 404, 0x8E: 500]
        return block.drop { $0 & 0xE0 == 0x20 }.first.flatMap { known[$0] }
    }

    func any() throws -> Frame? {
        while true {
            if buffer.count >= 9 {
                let count = Int(buffer[0]) << 16 | Int(buffer[1]) << 8 | Int(buffer[2])
                if buffer.count >= 9 + count {
                    let stream = buffer[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                    let frame = Frame(type: buffer[3], flags: buffer[4], stream: stream, payload: Array(buffer[9..<(9 + count)]))
                    buffer.removeFirst(9 + count)
                    return frame
                }
            }
            let more = try socket.receive()
            if more.isEmpty { return nil }
            buffer += more
        }
    }
}
