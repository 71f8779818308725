import Kernel
import Testing

@testable import Wire

@Suite("Frames") struct FrameTests {
    static let uuid = UUID(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10)

    /// One of every kind, with every optional part present or absent somewhere.
    static let frames: [Frame] = [
        .start(
            Start(
                handler: "uploads", databaseURL: "postgres://u:p@/d", connections: 4, concurrency: 64,
                secrets: [.init(name: "k", value: [0, 1, 255])],
                logLevel: "info")),
        .ready(Ready(description: Array("{}".utf8))),
        .invoke(
            1,
            InvocationHead(
                target: .route(7), scope: .tenant, invocation: InvocationID(uuid), requestID: "r", tenant: TenantID(uuid), user: UserID(uuid),
                role: "support", scopes: ["data:*", "alerts:read"], session: uuid, apiKey: uuid, address: "2001:db8::7", context: "tc1.1",
                remainingMicroseconds: 30_000_000, parameters: ["a", "é"], query: "x=1",
                headers: [HeaderField(name: "content-type", value: "text/csv")], body: [1, 2, 3], following: 1 << 40,
                dataKeys: [DataKey(version: 7, key: Array(repeating: 9, count: 32)), DataKey(version: 1, key: Array(repeating: 1, count: 32))])),
        .invoke(
            2,
            InvocationHead(
                target: .page(channel: "counter", from: "9", limit: 100), scope: .identity, invocation: InvocationID(uuid), requestID: "",
                context: "", remainingMicroseconds: 0, depth: 3, idempotency: Idempotency(key: "k", fingerprint: [1, 2]), recording: .replay([1]))),
        .invoke(
            3,
            InvocationHead(
                target: .page(channel: "c", from: nil, limit: 1), scope: .system, invocation: InvocationID(uuid), requestID: "", context: "",
                remainingMicroseconds: 1, recording: .keepForFailure)),
        .chunk(4, Array(repeating: 7, count: Frame.maximumChunk)), .chunk(4, []), .credit(5, .max),
        .end(6, receipt),
        .answer(7, AnswerHead(status: 200, headers: [HeaderField(name: "a", value: "b")], body: [9], receipt: Receipt.none)),
        .answer(8, AnswerHead(status: 404, headers: [], body: [], receipt: nil)),
        .failure(
            9, Failure(AppError(.validation, issues: [.init(field: "f", issue: "i")], retryAfter: .seconds(2), detail: "secret"), receipt: .none)),
        .failure(9, Failure(AppError(.quotaExceeded, facts: ["limit": "rows", "allowed": 7, "resets_at": .null]), receipt: receipt)),
        .subscribe(10, Subscription(channel: "c", from: nil)), .subscribe(10, Subscription(channel: "c", from: "5", receipt: receipt)),
        .page(11, FeedPage(events: [.init(id: "1", data: [123, 125])], hasMore: true)),
        .page(11, FeedPage(events: [], hasMore: false, receipt: receipt)),
        .call(12, NestedCall(number: 1, method: "POST", path: "/a", query: "b=c", body: [123, 125])),
        .called(12, NestedAnswer(number: 1, status: 404, body: [1])), .trace(12, [1, 2, 3]), .cancel(12, .clientGone), .cancel(12, .shutdown),
        .object(14, ObjectRequest(number: 1, action: .put("a/b"))),
        .object(14, ObjectRequest(number: 2, action: .get(name: "a", from: 1 << 40, count: .max))),
        .object(14, ObjectRequest(number: 3, action: .info("a"))), .object(14, ObjectRequest(number: 4, action: .delete("é"))),
        .object(14, ObjectRequest(number: 5, action: .list(prefix: "a/", after: "a/b", limit: 1000))),
        .object(14, ObjectRequest(number: 6, action: .join(parts: ["a", "b"], name: "c"))),
        .object(14, ObjectRequest(number: .max, action: .join(parts: [], name: ""))),
        .piece(14, ObjectPiece(number: 1, bytes: [1, 2, 3])), .piece(14, ObjectPiece(number: 1, bytes: [])),
        .room(14, ObjectRoom(number: 1, credit: .max)), .close(14, ObjectClose(number: 1, isWhole: true)),
        .close(14, ObjectClose(number: 2, isWhole: false)),
        .outcome(14, ObjectOutcome(number: 1, result: .stored(object))),
        .outcome(14, ObjectOutcome(number: 2, result: .list(objects: [ListedObject(name: "a", size: 1 << 40)], more: true))),
        .outcome(14, ObjectOutcome(number: 3, result: .done)),
        .outcome(14, ObjectOutcome(number: 4, result: .failed(ObjectFailure(AppError(.notFound, retryAfter: .seconds(1)))))),
        .context(13, "tc1.2"), .ping(.max), .pong(0), .drain,
    ]

    private static let object = StoredObject(name: "a/b", size: 1 << 40, sha256: Array(repeating: 7, count: 32), etag: "e", made: 1 << 50)
    private static let receipt = Receipt(handlerMicroseconds: 1, databaseMicroseconds: 2, cpuMicroseconds: 3, rows: 4, databaseBytes: 1 << 40)

    private static func encoded(_ frame: Frame) -> [UInt8] {
        var bytes: [UInt8] = []
        frame.encode(into: &bytes)
        return bytes
    }

    private func decode(_ bytes: [UInt8], in pieces: Int) throws -> [Frame] {
        var decoder = FrameDecoder()
        var frames: [Frame] = []
        var position = 0
        while position < bytes.count {
            let end = min(position + pieces, bytes.count)
            bytes[position..<end].withUnsafeBytes { decoder.append($0) }
            while let frame = try decoder.next() { frames.append(frame) }
            position = end
        }
        #expect(decoder.buffered == 0)
        return frames
    }

    @Test("every frame comes back as it went, however the socket cuts it", arguments: [1, 2, 3, 5, 7, 64, 4096, 1 << 20]) func roundTrip(pieces: Int)
        throws
    {
        let frames = pieces < 5 ? Self.frames.filter { Self.encoded($0).count < 4096 } : Self.frames
        #expect(try decode(frames.flatMap(Self.encoded), in: pieces) == frames)
    }

    @Test("a frame cut short is waited for, and one cut inside is refused", arguments: frames.indices) func truncated(index: Int) throws {
        let bytes = Self.encoded(Self.frames[index])
        var decoder = FrameDecoder()
        bytes.dropLast().withUnsafeBytes { decoder.append($0) }
        #expect(try decoder.next() == nil)
        // The same content under a length that is one less: never a frame, unless its tail is free bytes.
        var shorter = bytes
        let length = UInt32(bytes.count - 5)
        withUnsafeBytes(of: length.littleEndian) { for position in 0..<4 { shorter[position] = $0[position] } }
        shorter.removeLast()
        var second = FrameDecoder()
        shorter.withUnsafeBytes { second.append($0) }
        switch Self.frames[index] {
        case .chunk, .answer, .trace, .piece: break
        default: #expect(throws: WireError.self) { try second.next() }
        }
    }

    @Test("every change of one byte is another frame or an error, never a crash") func flippedBytes() {
        for frame in Self.frames where Self.encoded(frame).count < 4096 {
            let bytes = Self.encoded(frame)
            for position in bytes.indices {
                for flip in [0x01, 0x80, 0xFF] as [UInt8] {
                    var changed = bytes
                    changed[position] ^= flip
                    var decoder = FrameDecoder()
                    changed.withUnsafeBytes { decoder.append($0) }
                    do { while try decoder.next() != nil {} } catch { #expect(!error.description.isEmpty) }
                }
            }
        }
    }

    @Test("lengths outside the limits are refused before anything is kept", arguments: [0, 4, UInt32(Frame.maximumLength + 1), UInt32.max])
    func lengths(length: UInt32) {
        var decoder = FrameDecoder()
        withUnsafeBytes(of: length.littleEndian) { decoder.append($0) }
        #expect(throws: WireError.self) { try decoder.next() }
    }

    @Test("a stream's number belongs on some kinds and not on others") func streams() {
        var bytes = Self.encoded(.drain)
        bytes[5] = 1
        var decoder = FrameDecoder()
        bytes.withUnsafeBytes { decoder.append($0) }
        #expect(throws: WireError.self) { try decoder.next() }
        for frame in Self.frames { #expect((frame.stream == 0) == [.start, .ready, .ping, .pong, .drain].contains(frame.kind)) }
    }

    @Test("a failure carries what the caller may read, and nothing else") func failure() {
        let error = Failure(AppError(.conflict, "taken", retryAfter: .milliseconds(1500), detail: "kpi_data_pkey"), receipt: .none).error
        #expect(error.code == .conflict)
        #expect(error.message == "taken")
        #expect(error.retryAfter == .milliseconds(1500))
        #expect(error.detail == nil)
        let facts: JSONObject = ["limit": "rows", "used": 7]
        #expect(Failure(AppError(.quotaExceeded, facts: facts), receipt: .none).error.facts == facts)
        var broken = Failure(AppError(.conflict), receipt: .none)
        broken.details = "[1"
        #expect(broken.error.code == .conflict && broken.error.facts.isEmpty)
        var unknown = Failure(AppError(.conflict), receipt: .none)
        unknown.code = "NEW_CODE"
        #expect(unknown.error.code == .internalError)
    }
}
