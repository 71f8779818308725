import Glibc
import Testing
import Wire

@testable import HandlerKit

/// Uses the processor, here and beside the loop.
private struct Working: Handler {
    struct Work: Decodable, Sendable {
        var here: Int
        var beside: Int
    }

    init(environment: HandlerEnvironment) {}

    var routes: [Route] {
        Route.get("/work", access: .bearer()) { (input: Work, invocation) in
            for _ in 0..<4 {
                spend(input.here / 4)
                await Task.yield()
            }
            try await invocation.offload { spend(input.beside) }
            return .noContent
        }
        Route.get("/stream", access: .bearer()) { (input: Work, _) in
            .stream(contentType: "text/plain") { writer in
                try await writer.write("first")
                spend(input.here)
            }
        }
    }

    /// Uses the processor for so many microseconds of the thread's own clock.
    @Sendable private func spend(_ microseconds: Int) { Working.spend(microseconds) }

    static func spend(_ microseconds: Int) {
        func now() -> Int {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
        }
        let end = now() + microseconds
        while now() < end {}
    }
}

@Suite struct ReceiptTests {
    @Test("the receipt holds the invocation's own processor time, with what it ran beside the loop, and not its neighbour's")
    func processor() async throws {
        try await withProcess(Working.self) { gateway in
            _ = try await gateway.start()
            gateway.invoke(query: "here=40000&beside=20000")
            gateway.invoke(query: "here=0&beside=0")
            var used: [UInt32] = []
            for _ in 0..<2 { used.append(try #require(try await gateway.answer().receipt).cpuMicroseconds) }
            used.sort()
            #expect(used[0] < 20_000, "\(used)")
            #expect(used[1] >= 60_000, "\(used)")
        }
    }

    @Test("a stream's receipt comes with its end")
    func stream() async throws {
        try await withProcess(Working.self) { gateway in
            _ = try await gateway.start()
            gateway.invoke(.route(1), query: "here=10000&beside=0")
            #expect(try await gateway.answer().receipt == nil)
            let frame = try await gateway.receive()
            guard case .end(_, let receipt) = frame else { throw Gateway.Unexpected(frame) }
            #expect(receipt.cpuMicroseconds >= 10_000)
        }
    }
}
