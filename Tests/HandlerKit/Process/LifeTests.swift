import Kernel
import Testing
import Wire

@testable import HandlerKit

@Suite struct LifeTests {
    struct NeedsSecret: Handler {
        let key: [UInt8]
        init(environment: HandlerEnvironment) throws { key = try environment.secret("key") }
        var routes: [Route] { Route.get("/key", access: .bearer()) { [key] (_: NoInput, _) in .bytes(key, contentType: "text/plain") } }
    }

    @Test("secrets come with the start; a handler that cannot start ends the process with its reason")
    func start() async throws {
        try await withProcess(NeedsSecret.self) { gateway in
            _ = try await gateway.start(secrets: [.init(name: "key", value: Array("hush".utf8))])
            gateway.invoke()
            #expect(try await gateway.answer().body.text == "hush")
        }
        let result = try await withProcess(NeedsSecret.self) { gateway in
            await #expect(throws: Gateway.Unexpected.self) { try await gateway.start() }
        }
        #expect(String(reflecting: try #require(result.error)).contains("the secret key was not given"))
    }

    @Test("a process that is not asked what it serves, serves it all the same")
    func undescribed() async throws {
        try await withProcess(Sample.self) { gateway in
            let description = try await gateway.start(describes: false)
            #expect(description.routes.isEmpty)
            gateway.invoke(.sample(.greet), parameters: ["Ada"])
            let answer = try await gateway.answer()
            #expect(answer.status == 200)
        }
    }

    @Test("another version of the wire is refused in words that say what to do")
    func version() async throws {
        let result = try await withProcess(Sample.self) { gateway in
            await #expect(throws: Gateway.Unexpected.self) { try await gateway.start(version: 999) }
        }
        #expect(String(describing: try #require(result.error)).contains("version 999"))
    }

    @Test(
        "bytes that are no frame end the process",
        arguments: [
            Frame.invoke(
                1,
                InvocationHead(
                    target: .route(0), scope: .tenant, invocation: InvocationID(.zero), requestID: "", context: "", remainingMicroseconds: 1)),
            .drain, .ping(1),
        ])
    func beforeStart(_ frame: Frame) async throws {
        let result = try await withProcess(Sample.self) { gateway in
            gateway.send(frame)
            await #expect(throws: Gateway.Unexpected.self) { try await gateway.receive() }
        }
        #expect(result.error is WireError)
    }

    struct Slow: Handler {
        init(environment: HandlerEnvironment) async throws {
            // Long enough for every frame of the test to arrive first: the loop reads them while this waits for its turn.
            for _ in 0..<1000 { await Task.yield() }
        }
        var routes: [Route] { [] }
    }

    @Test("while a handler starts, it answers pings and can be drained")
    func starting() async throws {
        let result = try await withProcess(Slow.self) { gateway in
            gateway.send(
                .start(Start(handler: "", databaseURL: "postgres://a@b/c", connections: 1, concurrency: 1, secrets: [], logLevel: "critical")),
                .ping(9), .drain)
            let frame = try await gateway.receive()
            #expect(frame == .pong(9))
            await #expect(throws: Gateway.Unexpected.self) { try await gateway.receive() }
        }
        #expect(result.error == nil)
    }

    @Test("many invocations run beside each other, each with its own answer")
    func beside() async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            for number in 1...200 { gateway.invoke(.sample(.greet), parameters: ["n\(number)"]) }
            var seen: Set<StreamID> = []
            for _ in 1...200 {
                let frame = try await gateway.receive()
                guard case .answer(let stream, let head) = frame else { throw Gateway.Unexpected(frame) }
                #expect(head.body.text == #"{"text":"Hello n\#(stream)"}"#)
                seen.insert(stream)
            }
            #expect(seen.count == 200)
        }
    }

    @Test("a ping is answered behind the handler code that waits for its turn")
    func ping() async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            gateway.invoke(.sample(.greet), parameters: ["Ada"])
            gateway.send(.ping(42))
            let frames = [try await gateway.receive(), try await gateway.receive()]
            #expect(frames.contains(.pong(42)))
        }
    }

    @Test("a renewed context replaces the one before it")
    func context() async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.sample(.contexts), body: "a", following: 2)
            gateway.send(.ping(1))
            #expect(try await gateway.receive() == .pong(1))
            gateway.send(.context(stream, "context-2"), .chunk(stream, [1]), .context(stream, "context-3"), .chunk(stream, [2]), .end(stream, .none))
            let text = try await gateway.answer().body.text
            #expect(text.hasPrefix(#"{"text":"context-1 context-1"#))
            #expect(text.hasSuffix(#"context-3"}"#))
        }
    }

    @Test("a drain lets what runs finish, then ends the process")
    func drain() async throws {
        let result = try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.sample(.sum), following: 1)
            gateway.send(.drain, .ping(1))
            #expect(try await gateway.receive() == .pong(1))
            gateway.send(.chunk(stream, [1]), .end(stream, .none))
            #expect(try await gateway.answer().status == 200)
            await #expect(throws: Gateway.Unexpected.self) { try await gateway.receive() }
        }
        #expect(result.error == nil)
    }

    @Test("a drain without work ends the process at once")
    func drainIdle() async throws {
        let result = try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            gateway.send(.drain)
            await #expect(throws: Gateway.Unexpected.self) { try await gateway.receive() }
        }
        #expect(result.error == nil)
    }

    @Test("the gateway's end cancels what runs")
    func end() async throws {
        let result = try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            gateway.invoke(.sample(.wait), within: .seconds(3600))
            _ = try await gateway.answer()
        }
        #expect(result.error == nil)
    }
}
