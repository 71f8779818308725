extension Frame {
    /// Appends the frame as it goes over the wire.
    public func encode(into bytes: inout [UInt8]) {
        let start = bytes.count
        var writer = ByteWriter(consume bytes)
        bytes = []
        writer.put(UInt32(0))
        writer.put(kind.rawValue)
        writer.put(stream)
        switch self {
        case .start(let message): message.write(to: &writer)
        case .ready(let message): message.write(to: &writer)
        case .invoke(_, let message): message.write(to: &writer)
        case .chunk(_, let payload): writer.putRaw(payload)
        case .credit(_, let count): writer.put(count)
        case .end(_, let receipt): receipt.write(to: &writer)
        case .answer(_, let message): message.write(to: &writer)
        case .failure(_, let message): message.write(to: &writer)
        case .subscribe(_, let message): message.write(to: &writer)
        case .page(_, let message): message.write(to: &writer)
        case .call(_, let message): message.write(to: &writer)
        case .called(_, let message): message.write(to: &writer)
        case .trace(_, let payload): writer.putRaw(payload)
        case .object(_, let message): message.write(to: &writer)
        case .piece(_, let message): message.write(to: &writer)
        case .room(_, let message): message.write(to: &writer)
        case .close(_, let message): message.write(to: &writer)
        case .outcome(_, let message): message.write(to: &writer)
        case .cancel(_, let reason): writer.put(reason.rawValue)
        case .context(_, let token): writer.put(token)
        case .ping(let number), .pong(let number): writer.put(number)
        case .drain: break
        }
        writer.patch(UInt32(writer.bytes.count - start - 4), at: start)
        bytes = writer.finish()
    }

    enum Kind: UInt8 {
        case start = 1
        case ready, invoke, chunk, credit, end, answer, failure, subscribe, page, cancel, context, ping, pong, drain, call, called, trace,
            object, piece, room, close, outcome
    }

    var kind: Kind {
        switch self {
        case .start: .start
        case .ready: .ready
        case .invoke: .invoke
        case .chunk: .chunk
        case .credit: .credit
        case .end: .end
        case .answer: .answer
        case .failure: .failure
        case .subscribe: .subscribe
        case .page: .page
        case .call: .call
        case .called: .called
        case .trace: .trace
        case .object: .object
        case .piece: .piece
        case .room: .room
        case .close: .close
        case .outcome: .outcome
        case .cancel: .cancel
        case .context: .context
        case .ping: .ping
        case .pong: .pong
        case .drain: .drain
        }
    }

    /// The exchange that the frame belongs to; 0 for the connection itself.
    public var stream: StreamID {
        switch self {
        case .start, .ready, .ping, .pong, .drain: 0
        case .invoke(let id, _), .chunk(let id, _), .credit(let id, _), .end(let id, _), .answer(let id, _), .failure(let id, _),
            .subscribe(let id, _), .page(let id, _), .call(let id, _), .called(let id, _), .trace(let id, _), .object(let id, _), .piece(let id, _),
            .room(let id, _), .close(let id, _), .outcome(let id, _), .cancel(let id, _), .context(let id, _):
            id
        }
    }
}
