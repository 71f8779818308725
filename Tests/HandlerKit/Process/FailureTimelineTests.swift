import Testing
import Wire

@testable import HandlerKit

@Suite struct FailureTimelineTests {
    @Test("thrown before the first byte: the error is the answer, without its private detail")
    func before() async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            gateway.invoke(.sample(.fail), parameters: ["app"])
            let failure = try await gateway.failure()
            #expect(failure.code == "CONFLICT")
            #expect(failure.message == "Taken")
            #expect(failure.issues == [.init(field: "a", issue: "b")])
            #expect(failure.retryAfterMilliseconds == 2000)
            gateway.invoke(.sample(.failAfter))
            #expect(try await gateway.failure().code == "NOT_FOUND")
        }
    }

    @Test("pitfall 28: an error that nobody mapped says nothing of itself", arguments: ["odd", "cancelled"])
    func unknown(_ kind: String) async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            gateway.invoke(.sample(.fail), parameters: [kind])
            let failure = try await gateway.failure()
            #expect(failure.code == "INTERNAL_ERROR")
            #expect(failure.message == ErrorCode.internalError.message)
        }
    }

    @Test("thrown after the first byte: the stream is aborted")
    func after() async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.sample(.failLate))
            #expect(try await gateway.answer().body.text == "begun")
            let frame = try await gateway.receive()
            guard case .failure(stream, let failure) = frame else { throw Gateway.Unexpected(frame) }
            #expect(failure.code == "INTERNAL_ERROR")
        }
    }

    @Test("pitfall 37: past the deadline the invocation is cancelled")
    func deadline() async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            let long = gateway.invoke(.sample(.wait), within: .seconds(3600))
            _ = try await gateway.answer()
            let short = gateway.invoke(.sample(.wait), within: .milliseconds(1))
            // The first answer may or may not leave before the deadline.
            var frame = try await gateway.receive()
            if case .answer(short, _) = frame { frame = try await gateway.receive() }
            guard case .failure(short, let failure) = frame else { throw Gateway.Unexpected(frame) }
            #expect(failure.code == "DEADLINE_EXCEEDED")
            gateway.send(.cancel(long, .clientGone))
            #expect(try await gateway.failure().code == "CANCELLED")
        }
    }

    @Test(
        "nobody waiting any more cancels the task",
        arguments: [
            (CancelReason.clientGone, "CANCELLED"), (.deadline, "DEADLINE_EXCEEDED"), (.revoked, "FORBIDDEN"), (.shutdown, "UNAVAILABLE"),
        ])
    func cancel(_ reason: CancelReason, _ code: String) async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.sample(.wait))
            _ = try await gateway.answer()
            gateway.send(.cancel(stream, reason))
            #expect(try await gateway.failure().code == code)
        }
    }

    @Test("cancelled before it began, while it reads a body, while it waits for credit")
    func cancelEarly() async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            let unbegun = gateway.invoke(.sample(.greet), parameters: ["Ada"])
            gateway.send(.cancel(unbegun, .clientGone))
            #expect(try await gateway.failure().code == "CANCELLED")

            let reading = gateway.invoke(.sample(.sum), following: 10)
            gateway.send(.ping(1))
            #expect(try await gateway.receive() == .pong(1))
            gateway.send(.cancel(reading, .clientGone))
            #expect(try await gateway.failure().code == "CANCELLED")
            // What was under way for it reaches nobody.
            gateway.send(
                .chunk(reading, [1, 2, 3]), .end(reading, .none), .context(reading, "new"), .credit(reading, 1), .cancel(reading, .deadline))

            gateway.grantsAtOnce = false
            let writing = gateway.invoke(.sample(.big), query: "bytes=1000000")
            _ = try await gateway.answer()
            for _ in 0..<SendCredit.initialWindow / Frame.maximumChunk { _ = try await gateway.receive() }
            gateway.send(.cancel(writing, .clientGone))
            #expect(try await gateway.failure().code == "CANCELLED")
        }
    }
}
