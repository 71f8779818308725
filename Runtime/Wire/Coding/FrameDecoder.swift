/// Turns the bytes of a socket, in whatever pieces they come, into frames.
public struct FrameDecoder: Sendable {
    private var buffer: [UInt8] = []
    private var position = 0

    /// A decoder at the start of a connection.
    public init() {}

    /// Bytes that wait for the rest of their frame.
    public var buffered: Int { buffer.count - position }

    /// Takes the next bytes of the socket.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if position == buffer.count {
            buffer.removeAll(keepingCapacity: true)
            position = 0
        } else if position > Frame.maximumChunk {
            buffer.removeSubrange(0..<position)
            position = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole frame; nil until more bytes came.
    ///
    /// Throws ``WireError`` for bytes that no frame has; the connection must then be closed.
    public mutating func next() throws(WireError) -> Frame? {
        let available = buffered
        guard available >= 4 else { return nil }
        let start = position
        let (length, frame) = try buffer.withUnsafeBufferPointer { elements throws(WireError) -> (Int, Frame?) in
            let raw = UnsafeRawBufferPointer(elements)
            var header = ByteReader(UnsafeRawBufferPointer(rebasing: raw[start...]))
            let length = Int(try header.number(UInt32.self))
            guard length >= 5, length <= Frame.maximumLength else {
                throw WireError("a frame of \(length) bytes; allowed are 5 to \(Frame.maximumLength)")
            }
            guard available >= 4 + length else { return (0, nil) }
            var reader = ByteReader(try header.take(length))
            return (4 + length, try Self.decode(&reader))
        }
        position += length
        return frame
    }

    private static func decode(_ reader: inout ByteReader) throws(WireError) -> Frame {
        let code = try reader.number(UInt8.self)
        guard let kind = Frame.Kind(rawValue: code) else { throw WireError("a frame of the unknown kind \(code)") }
        let stream = try reader.number(StreamID.self)
        let frame: Frame
        switch kind {
        case .start: frame = .start(try Start(from: &reader))
        case .ready: frame = .ready(try Ready(from: &reader))
        case .invoke: frame = .invoke(stream, try InvocationHead(from: &reader))
        case .chunk: frame = .chunk(stream, try reader.rest())
        case .credit: frame = .credit(stream, try reader.number())
        case .end: frame = .end(stream, try Receipt(from: &reader))
        case .answer: frame = .answer(stream, try AnswerHead(from: &reader))
        case .failure: frame = .failure(stream, try Failure(from: &reader))
        case .subscribe: frame = .subscribe(stream, try Subscription(from: &reader))
        case .page: frame = .page(stream, try FeedPage(from: &reader))
        case .call: frame = .call(stream, try NestedCall(from: &reader))
        case .called: frame = .called(stream, try NestedAnswer(from: &reader))
        case .trace: frame = .trace(stream, try reader.rest())
        case .object: frame = .object(stream, try ObjectRequest(from: &reader))
        case .piece: frame = .piece(stream, try ObjectPiece(from: &reader))
        case .room: frame = .room(stream, try ObjectRoom(from: &reader))
        case .close: frame = .close(stream, try ObjectClose(from: &reader))
        case .outcome: frame = .outcome(stream, try ObjectOutcome(from: &reader))
        case .cancel:
            let reason = try reader.number(UInt8.self)
            guard let reason = CancelReason(rawValue: reason) else { throw WireError("the unknown reason \(reason)") }
            frame = .cancel(stream, reason)
        case .context: frame = .context(stream, try reader.text())
        case .ping: frame = .ping(try reader.number())
        case .pong: frame = .pong(try reader.number())
        case .drain: frame = .drain
        }
        try reader.finish()
        guard (frame.stream == 0) == (stream == 0), frame.stream == stream else { throw WireError("stream \(stream) on a frame of kind \(kind)") }
        return frame
    }
}
