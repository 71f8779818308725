import Testing
import Wire

@testable import HandlerKit

@Suite struct CreditTests {
    @Test("a long answer leaves in pieces and arrives whole")
    func longAnswer() async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            gateway.invoke(.sample(.big), query: "bytes=1000000")
            let (head, body) = try await gateway.streamedAnswer()
            #expect(head.receipt == nil)
            #expect(head.headers.contains(HeaderField(name: "content-length", value: "1000000")))
            #expect(body == (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) })
        }
    }

    @Test("an answer waits for credit, and another one overtakes it")
    func answerWaits() async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            gateway.grantsAtOnce = false
            let slow = gateway.invoke(.sample(.big), query: "bytes=1000000")
            var received = try await gateway.answer().body.count
            let inHead = received
            while received < inHead + SendCredit.initialWindow {
                guard case .chunk(slow, let bytes) = try await gateway.receive() else { throw Gateway.Unexpected() }
                received += bytes.count
            }
            // The window is used up: what comes next is the other invocation's answer.
            gateway.invoke(.sample(.greet), parameters: ["Ada"])
            #expect(try await gateway.answer().body.text == #"{"text":"Hello Ada"}"#)
            gateway.send(.credit(slow, 1 << 20))
            while received < 1_000_000 {
                guard case .chunk(slow, let bytes) = try await gateway.receive() else { throw Gateway.Unexpected() }
                received += bytes.count
            }
            guard case .end(slow, _) = try await gateway.receive() else { throw Gateway.Unexpected() }
        }
    }

    @Test("a stream's head leaves with its first piece")
    func stream() async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            gateway.invoke(.sample(.count), query: "bytes=3")
            let (head, body) = try await gateway.streamedAnswer()
            #expect(head.body.text == "x")
            #expect(body.text == "xxx")
            gateway.invoke(.sample(.count), query: "bytes=0")
            let empty = try await gateway.answer()
            #expect(empty.body.isEmpty)
            #expect(empty.receipt != nil)
        }
    }

    @Test("a body longer than the window is read under credit")
    func longBody() async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            let total = 1_000_000
            let stream = gateway.invoke(.sample(.sum), body: "first", following: total)
            var credit = SendCredit()
            var sent = 0
            while sent < total {
                let count = min(total - sent, credit.available, Frame.maximumChunk)
                if count == 0 {
                    guard case .credit(stream, let more) = try await gateway.receive() else { throw Gateway.Unexpected() }
                    credit.grant(more)
                } else {
                    credit.spend(count)
                    gateway.send(.chunk(stream, [UInt8](repeating: 7, count: count)))
                    sent += count
                }
            }
            gateway.send(.end(stream, .none))
            var frame = try await gateway.receive()
            while case .credit = frame { frame = try await gateway.receive() }
            guard case .answer(_, let head) = frame else { throw Gateway.Unexpected(frame) }
            #expect(head.body.text.hasPrefix(#"{"text":"1000005 of 1000005 in "#))
        }
    }

    @Test("a body past the credit ends the wire")
    func pastCredit() async throws {
        let result = try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.sample(.wait), following: 10 << 20)
            _ = try await gateway.answer()
            for _ in 0..<5 { gateway.send(.chunk(stream, [UInt8](repeating: 7, count: 64 << 10))) }
            await #expect(throws: Gateway.Unexpected.self) {
                while true { _ = try await gateway.receive() }
            }
        }
        #expect(result.error is WireError)
    }

    @Test("a body is collected up to its limit, also by code on another thread")
    func collect() async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            gateway.invoke(.sample(.raw), headers: [HeaderField(name: "content-type", value: "text/x")], body: "0123456789")
            #expect(try await gateway.answer().headers == [HeaderField(name: "content-type", value: "text/x")])
            gateway.invoke(.sample(.raw), body: "0123456789+")
            #expect(try await gateway.failure().code == "PAYLOAD_TOO_LARGE")
            let stream = gateway.invoke(.sample(.detached), body: "one, ", following: 3)
            gateway.send(.chunk(stream, Array("two".utf8)), .end(stream, .none))
            #expect(try await gateway.answer().body.text == #"{"text":"one, two"}"#)
        }
    }
}
