import Testing
import Wire

@testable import HandlerKit

@Suite struct AnswerTests {
    @Test("a value is one frame with its receipt")
    func value() async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.sample(.greet), parameters: ["Ada"], query: "times=2")
            let frame = try await gateway.receive()
            #expect(frame.stream == stream)
            guard case .answer(_, let head) = frame else { throw Gateway.Unexpected(frame) }
            #expect(head.status == 200)
            #expect(head.headers == [HeaderField(name: "content-type", value: "application/json")])
            #expect(head.body.text == #"{"text":"Hello Ada, Hello Ada"}"#)
            #expect(head.receipt != nil)
        }
    }

    @Test("a route's status and an answer's own status")
    func status() async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            gateway.invoke(.sample(.created))
            #expect(try await gateway.answer().status == 201)
            gateway.invoke(.sample(.nothing), parameters: ["x"])
            let nothing = try await gateway.answer()
            #expect(nothing.status == 204)
            #expect(nothing.body.isEmpty)
        }
    }

    @Test("path, query and body become one input")
    func input() async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            let id = "0190c5a4-7d3b-7c2e-9f00-2b6c1d4e5f60"
            gateway.invoke(.sample(.update), parameters: [id], query: "size=3", body: #"{"label": "a b"}"#)
            #expect(try await gateway.answer().body.text == #"{"id":"\#(id)","size":3,"label":"a b"}"#)
        }
    }

    @Test("everything that is wrong with an input is reported at once")
    func validation() async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            gateway.invoke(.sample(.update), parameters: ["nonsense"], query: "size=many&extra=1", body: #"{"lable": "a"}"#)
            let failure = try await gateway.failure()
            #expect(failure.code == "VALIDATION_ERROR")
            #expect(Set(failure.issues.map(\.field)) == ["id", "size", "extra", "lable", "label"])
            gateway.invoke(.sample(.greet), parameters: [""])
            #expect(try await gateway.failure().issues.map(\.field) == ["name"])
        }
    }

    @Test(
        "a body that is no JSON, of another type, or too long",
        arguments: [
            ("{", "application/json", "BAD_REQUEST"), (#"{"label":"a"}"#, "text/plain", "UNSUPPORTED_MEDIA_TYPE"),
            (String(repeating: " ", count: 101), "application/json", "PAYLOAD_TOO_LARGE"),
            (#"{"label":"a"}"#, "Application/JSON; charset=utf-8", nil), (#"{"label":"a"}"#, "application/merge-patch+json", nil),
        ])
    func body(_ body: String, _ type: String, _ code: String?) async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            gateway.invoke(
                .sample(.update), parameters: ["0190c5a4-7d3b-7c2e-9f00-2b6c1d4e5f60"], query: "size=1",
                headers: [HeaderField(name: "content-type", value: type)], body: body)
            if let code { #expect(try await gateway.failure().code == code) } else { #expect(try await gateway.answer().status == 200) }
        }
    }

    @Test(
        "an anonymous route has an identity context, others a tenant's",
        arguments: [
            (Sample.Place.anonymous, InvocationHead.Scope.identity, true), (.anonymous, .tenant, false), (.greet, .identity, false),
            (.greet, .system, false),
        ])
    func scope(_ place: Sample.Place, _ scope: InvocationHead.Scope, _ isRight: Bool) async throws {
        try await withProcess(Sample.self) { gateway in
            _ = try await gateway.start()
            gateway.invoke(.sample(place), scope: scope, parameters: place == .greet ? ["Ada"] : [])
            if isRight {
                #expect(try await gateway.answer().body.text == #"{"text":"request-1"}"#)
            } else {
                #expect(try await gateway.failure().code == "INTERNAL_ERROR")
            }
        }
    }

    @Test("a subscription hands the client over, a page brings the channel's events")
    func feed() async throws {
        try await withProcess(Sample.self) { gateway in
            let description = try await gateway.start()
            #expect(description.feeds.map(\.channel) == ["ticks", "heavy"])
            let stream = gateway.invoke(.sample(.listen), query: "from=a%2Bb+c")
            guard case .subscribe(stream, let subscription) = try await gateway.receive() else { throw Gateway.Unexpected() }
            #expect(subscription.channel == "ticks" && subscription.from == "a+b c" && subscription.receipt != .none)
            let page = gateway.invoke(.page(channel: "ticks", from: "7", limit: 2))
            let data = Array("\"00000000-0000-0001-0000-000000000002\"".utf8)
            guard case .page(page, let read) = try await gateway.receive() else { throw Gateway.Unexpected() }
            #expect(read.events == [.init(id: "8", data: data), .init(id: "9", data: data)] && read.hasMore && read.receipt != .none)
            gateway.invoke(.page(channel: "heavy", from: nil, limit: 2))
            #expect(try await gateway.failure().code == "INTERNAL_ERROR")
        }
    }
}
