import Kernel
import Testing
import Wire

@testable import HandlerKit

/// Works on objects in every way.
private struct Keeper: Handler {
    struct Count: Decodable, Sendable { var count: Int }
    struct Text: Codable, Sendable { var text: String }

    init(environment: HandlerEnvironment) {}

    var routes: [Route] {
        Route.get("/put", access: .bearer()) { (input: Count, invocation) in
            let info = try await invocation.objects.put("a") { writer in
                try await writer.write(Array(repeating: 7, count: input.count))
            }
            return Text(text: "\(info.size) \(info.etag)")
        }
        Route.get("/failing", access: .bearer()) { (_: NoInput, invocation) in
            try await invocation.objects.put("a") { writer in
                try await writer.write([1])
                throw AppError(.conflict, "on purpose")
            }
            return Response.noContent
        }
        Route.get("/get", access: .bearer()) { (input: Count, invocation) in
            let reader = try await invocation.objects.get("a", range: 5..<5 + input.count)
            var sum = 0
            for try await piece in reader { sum += piece.count }
            return Text(text: "\(sum) of \(reader.info.size)")
        }
        Route.get("/peek", access: .bearer()) { (_: NoInput, invocation) in
            let reader = try await invocation.objects.get("a")
            var iterator = reader.makeAsyncIterator()
            let first = try await iterator.next()?.count
            await reader.close()
            return Text(text: "\(first ?? 0)")
        }
        Route.get("/locked", access: .bearer()) { (_: NoInput, invocation) in
            invocation.exchange.isInteractive = true
            try await invocation.objects.delete("a")
            return Response.noContent
        }
        Route.get("/rest", access: .bearer()) { (_: NoInput, invocation) in
            try await invocation.objects.delete("gone")
            let none = try await invocation.objects.info(of: "none")
            let list = try await invocation.objects.list(prefix: "a/", after: "a/1", limit: 5000)
            let joined = try await invocation.objects.join(["a", "b"], as: "c")
            return Text(text: "\(none == nil) \(list.objects.map(\.name)) \(list.hasMore) \(joined.name)")
        }
        Route.get("/many", access: .bearer()) { (_: NoInput, invocation) in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<17 { group.addTask { try await invocation.objects.delete("\(index)") } }
                try await group.waitForAll()
            }
            return Response.noContent
        }
    }
}

@Suite("Objects") struct ObjectTests {
    private let stored = StoredObject(name: "a", size: 9, sha256: Array(repeating: 1, count: 32), etag: "e", made: 5)

    private func request(_ gateway: Gateway) async throws -> ObjectRequest {
        let frame = try await gateway.receive()
        guard case .object(_, let request) = frame else { throw Gateway.Unexpected(frame) }
        return request
    }

    private func outcome(_ gateway: Gateway, _ stream: StreamID, _ number: UInt32, _ result: ObjectOutcome.Result) {
        gateway.send(.outcome(stream, ObjectOutcome(number: number, result: result)))
    }

    @Test("a put sends no more than was granted, closes as whole, and answers what the gateway stored") func put() async throws {
        try await withProcess(Keeper.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.route(0), query: "count=600000")
            #expect(try await request(gateway) == ObjectRequest(number: 1, action: .put("a")))
            var (sent, granted) = (0, SendCredit.initialWindow)
            while sent < 600_000 {
                let frame = try await gateway.receive()
                guard case .piece(stream, let piece) = frame else { throw Gateway.Unexpected(frame) }
                sent += piece.bytes.count
                #expect(piece.bytes.count <= Frame.maximumChunk && sent <= granted)
                if sent == granted {
                    gateway.send(.room(stream, ObjectRoom(number: 1, credit: 100_000)))
                    granted += 100_000
                }
            }
            let frame = try await gateway.receive()
            #expect(frame == .close(stream, ObjectClose(number: 1, isWhole: true)))
            outcome(gateway, stream, 1, .stored(stored))
            #expect(try await gateway.answer().body.text == #"{"text":"9 e"}"#)
        }
    }

    @Test("a put that throws is given up, and its error is the answer") func givenUp() async throws {
        try await withProcess(Keeper.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.route(1))
            _ = try await request(gateway)
            guard case .piece = try await gateway.receive() else { throw Gateway.Unexpected() }
            #expect(try await gateway.receive() == .close(stream, ObjectClose(number: 1, isWhole: false)))
            #expect(try await gateway.failure().code == "CONFLICT")
        }
    }

    @Test("what the gateway refuses is thrown as the same code, also while bytes are still to be sent") func refused() async throws {
        try await withProcess(Keeper.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.route(0), query: "count=600000")
            _ = try await request(gateway)
            outcome(gateway, stream, 1, .failed(ObjectFailure(AppError(.storageFull, detail: "private"))))
            var failure: Failure?
            while failure == nil { if case .failure(_, let found) = try await gateway.receive() { failure = found } }
            #expect(failure?.code == "STORAGE_FULL" && failure?.message.contains("private") == false)
        }
    }

    @Test("a range is read piece by piece, with grants for what was used") func get() async throws {
        try await withProcess(Keeper.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.route(2), query: "count=400000")
            #expect(try await request(gateway) == ObjectRequest(number: 1, action: .get(name: "a", from: 5, count: 400_000)))
            outcome(gateway, stream, 1, .stored(stored))
            for _ in 0..<4 { gateway.send(.piece(stream, ObjectPiece(number: 1, bytes: Array(repeating: 1, count: 65_536)))) }
            let frame = try await gateway.receive()
            guard case .room(stream, let room) = frame else { throw Gateway.Unexpected(frame) }
            #expect(room == ObjectRoom(number: 1, credit: 131_072))
            gateway.send(.piece(stream, ObjectPiece(number: 1, bytes: [1, 2])), .close(stream, ObjectClose(number: 1, isWhole: true)))
            var answer: AnswerHead?
            while answer == nil { if case .answer(_, let head) = try await gateway.receive() { answer = head } }
            #expect(answer?.body.text == #"{"text":"262146 of 9"}"#)
        }
    }

    @Test("a read that breaks off is an error, behind the bytes that came") func broken() async throws {
        try await withProcess(Keeper.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.route(2), query: "count=10")
            _ = try await request(gateway)
            outcome(gateway, stream, 1, .stored(stored))
            gateway.send(.piece(stream, ObjectPiece(number: 1, bytes: [1, 2])))
            outcome(gateway, stream, 1, .failed(ObjectFailure(AppError(.internalError))))
            #expect(try await gateway.failure().code == "INTERNAL_ERROR")
        }
    }

    @Test("a reader that is let go of tells the gateway, and what crosses on the wire is passed over") func letGo() async throws {
        try await withProcess(Keeper.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.route(3))
            _ = try await request(gateway)
            outcome(gateway, stream, 1, .stored(stored))
            gateway.send(.piece(stream, ObjectPiece(number: 1, bytes: [1, 2])))
            #expect(try await gateway.receive() == .close(stream, ObjectClose(number: 1, isWhole: false)))
            gateway.send(.piece(stream, ObjectPiece(number: 1, bytes: [3])), .close(stream, ObjectClose(number: 1, isWhole: true)))
            #expect(try await gateway.answer().body.text == #"{"text":"2"}"#)
        }
    }

    @Test("the others are one question and one answer each; nothing there is nil") func others() async throws {
        try await withProcess(Keeper.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.route(5))
            #expect(try await request(gateway).action == .delete("gone"))
            outcome(gateway, stream, 1, .done)
            #expect(try await request(gateway).action == .info("none"))
            outcome(gateway, stream, 2, .failed(ObjectFailure(AppError(.notFound))))
            #expect(try await request(gateway).action == .list(prefix: "a/", after: "a/1", limit: 1000))
            outcome(gateway, stream, 3, .list(objects: [ListedObject(name: "a/2", size: 1)], more: true))
            #expect(try await request(gateway).action == .join(parts: ["a", "b"], name: "c"))
            outcome(gateway, stream, 4, .stored(StoredObject(name: "c", size: 1, sha256: [], etag: "", made: 0)))
            #expect(try await gateway.answer().body.text == #"{"text":"true [\"a/2\"] true c"}"#)
        }
    }

    @Test("not inside an open transaction, and not more than sixteen at once") func rules() async throws {
        try await withProcess(Keeper.self) { gateway in
            _ = try await gateway.start()
            gateway.invoke(.route(4))
            #expect(try await gateway.failure().code == "INTERNAL_ERROR")
            let stream = gateway.invoke(.route(6))
            for number in 1...16 { #expect(try await request(gateway).number == UInt32(number)) }
            for number in 1...16 { outcome(gateway, stream, UInt32(number), .done) }
            var failure: Failure?
            while failure == nil { if case .failure(_, let found) = try await gateway.receive() { failure = found } }
            #expect(failure?.code == "INTERNAL_ERROR")
        }
    }

    @Test("a gateway that sends more than was granted, or what nobody asked for, ends the wire") func violations() async throws {
        let result = try await withProcess(Keeper.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.route(0), query: "count=1")
            _ = try await request(gateway)
            gateway.send(.piece(stream, ObjectPiece(number: 1, bytes: [1])))
            await #expect(throws: Gateway.Unexpected.self) { while true { _ = try await gateway.receive() } }
        }
        #expect(throws: WireError.self) { try result.get() }
    }

    @Test("the machine of one request: pieces in order, grants in halves of the window, an end, a failure") func machine() throws {
        var machine = ObjectMachine()
        #expect(machine.read() == .wait)
        #expect(machine.spend(1 << 30) == Frame.maximumChunk)
        #expect(throws: WireError.self) { try machine.arrive([1]) }
        machine = ObjectMachine()
        try machine.answered(.stored(stored))
        try machine.arrive(Array(repeating: 1, count: 131_072))
        try machine.arrive([2])
        #expect(machine.read() == .piece(Array(repeating: 1, count: 131_072), grant: 131_072))
        #expect(machine.read() == .piece([2], grant: nil))
        #expect(machine.read() == .wait)
        machine.closed()
        #expect(machine.read() == .end)
        #expect(throws: WireError.self) { try machine.arrive([1]) }
        #expect(throws: WireError.self) { try machine.answered(.done) }
    }
}
