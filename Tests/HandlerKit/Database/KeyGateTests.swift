import Reactor
import Synchronization
import Testing

@testable import HandlerKit

@Suite struct KeyGateTests {
    private static func id(_ key: String) -> KeyGate.ID { KeyGate.ID(tenant: TenantID(.zero), user: UserID(.zero), route: "POST /a", key: key) }

    private final class Order: Sendable {
        private let numbers = Mutex<[Int]>([])
        func add(_ number: Int) { numbers.withLock { $0.append(number) } }
        var all: [Int] { numbers.withLock { $0 } }
    }

    private func onReactor(_ body: @Sendable (KeyGate) async throws -> Void) async throws {
        let reactor = Reactor(name: "gate")
        reactor.start()
        defer { reactor.stop() }
        try await withTaskExecutorPreference(reactor) { try await body(KeyGate(reactor: reactor)) }
    }

    @Test("pitfall 45: one key lets one through after the other, in their order; another key does not wait")
    func order() async throws {
        try await onReactor { gate in
            let order = Order()
            try await gate.enter(Self.id("a"))
            try await gate.enter(Self.id("b"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<3 {
                    group.addTask {
                        try await gate.enter(Self.id("a"))
                        order.add(number)
                        gate.leave(Self.id("a"))
                    }
                    while gate.waiting(for: Self.id("a")) != number + 1 { await Task.yield() }
                }
                #expect(order.all == [])
                gate.leave(Self.id("a"))
                try await group.waitForAll()
            }
            #expect(order.all == [0, 1, 2])
            #expect(gate.waiting(for: Self.id("a")) == nil && gate.waiting(for: Self.id("b")) == 0)
        }
    }

    @Test("who does not wait any more is let go, and the next one enters")
    func cancelled() async throws {
        try await onReactor { gate in
            try await gate.enter(Self.id("a"))
            await withTaskGroup(of: Bool.self) { group in
                group.addTask { await (try? gate.enter(Self.id("a"))) != nil }
                while gate.waiting(for: Self.id("a")) != 1 { await Task.yield() }
                group.cancelAll()
                #expect(await group.next() == false)
            }
            #expect(gate.waiting(for: Self.id("a")) == 0)
            gate.leave(Self.id("a"))
            #expect(gate.waiting(for: Self.id("a")) == nil)
        }
    }
}
