import Kernel
import Testing
import Wire

@testable import HandlerKit

@Suite struct InvocationTableTests {
    private let head = InvocationHead(
        target: .route(0), scope: .tenant, invocation: InvocationID(.zero), requestID: "", context: "", remainingMicroseconds: 1)

    @Test("streams only rise, and are forgotten when they end")
    func streams() throws {
        let table = Held(InvocationTable<String>())
        guard case .begin(3, _) = try table({ try $0.receive(.invoke(3, head)) }) else { throw Gateway.Unexpected() }
        table({ $0.insert("three", 3) })
        guard case .credit("three", 5) = try table({ try $0.receive(.credit(3, 5)) }) else { throw Gateway.Unexpected() }
        #expect(throws: WireError.self) { try table({ try $0.receive(.invoke(3, head)) }) }
        #expect(throws: WireError.self) { try table({ try $0.receive(.invoke(2, head)) }) }
        #expect(throws: WireError.self) { try table({ try $0.receive(.chunk(4, [])) }) }
        let wasLast = table({ $0.remove(3) })
        #expect(!wasLast)
        guard case .nothing = try table({ try $0.receive(.chunk(3, [1])) }) else { throw Gateway.Unexpected() }
        #expect(table({ $0.count }) == 0)
    }

    @Test("a drain waits for the last invocation and refuses new ones")
    func drain() throws {
        let table = Held(InvocationTable<String>())
        _ = try table({ try $0.receive(.invoke(1, head)) })
        table({ $0.insert("one", 1) })
        guard case .nothing = try table({ try $0.receive(.drain) }) else { throw Gateway.Unexpected() }
        #expect(throws: WireError.self) { try table({ try $0.receive(.invoke(2, head)) }) }
        let ended = table({ $0.remove(1) })
        #expect(ended)
        guard case .drained = try table({ try $0.receive(.drain) }) else { throw Gateway.Unexpected() }
    }

    @Test(
        "frames of the other direction are refused",
        arguments: [
            Frame.pong(1), .page(1, FeedPage(events: [], hasMore: false)), .subscribe(1, Subscription(channel: "", from: nil)),
            .ready(Ready(description: [])), .answer(1, AnswerHead(status: 200, headers: [], body: [], receipt: nil)),
            .failure(1, Failure(AppError(.conflict), receipt: .none)),
            .start(Start(handler: "", databaseURL: "", connections: 1, concurrency: 1, secrets: [], logLevel: "")),
        ])
    func direction(_ frame: Frame) {
        let table = Held(InvocationTable<String>())
        #expect(throws: WireError.self) { try table({ try $0.receive(frame) }) }
    }
}
