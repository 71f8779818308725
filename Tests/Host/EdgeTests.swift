import Kernel
import NIOCore
import Testing
import Wire

@testable import Host

@Suite("The edge's small machines") struct EdgeTests {
    private let start = ContinuousClock.now
    private func at(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    @Test("a head and a body must come in time, an answer may take longer") func clock() {
        var clock = ConnectionClock(limits: EdgeLimits(), now: at(0))
        #expect(clock.verdict(at: at(1)) == .wait(until: at(30)))
        #expect(clock.verdict(at: at(30)) == .close)
        clock.enter(.idle, at: at(0))
        #expect(clock.verdict(at: at(1)) == .wait(until: at(75)))
        #expect(clock.verdict(at: at(75)) == .close)
        clock.enter(.head, at: at(80))
        #expect(clock.verdict(at: at(89)) == .wait(until: at(90)))
        #expect(clock.verdict(at: at(90)) == .tooSlow)
        clock.enter(.answering, at: at(200))
        #expect(clock.verdict(at: at(1000)) == .wait(until: at(1075)))
        clock.enter(.sending, at: at(250))
        #expect(clock.verdict(at: at(279)) == .wait(until: at(280)))
        #expect(clock.verdict(at: at(280)) == .close)
        clock.enter(.lingering, at: at(300))
        #expect(clock.verdict(at: at(302)) == .close)
    }

    @Test("a body is neither silent for long nor a trickle") func bodyRate() {
        var clock = ConnectionClock(limits: EdgeLimits(), now: at(0))
        clock.enter(.body, at: at(0))
        #expect(clock.verdict(at: at(1)) == .wait(until: at(15)))
        for second in stride(from: 10.0, through: 60, by: 10) { clock.progress(1, at: at(second)) }
        #expect(clock.verdict(at: at(60)) == .tooSlow)
        clock.enter(.body, at: at(0))
        for second in stride(from: 10.0, through: 100, by: 10) { clock.progress(5120, at: at(second)) }
        #expect(clock.verdict(at: at(100)) == .wait(until: at(115)))
        clock.excuse(at: at(200))
        #expect(clock.verdict(at: at(201)) == .wait(until: at(215)))
    }

    private func head(_ status: Int, _ headers: [HeaderField], _ framing: AnswerWriter.Framing, keepAlive: Bool = true, old: Bool = false) -> String {
        var timing = Timing()
        timing.total = .microseconds(1_000_042)
        timing.auth = .microseconds(7)
        timing.receipt = Receipt(handlerMicroseconds: 12_345, databaseMicroseconds: 8_000, cpuMicroseconds: 301, rows: 30, databaseBytes: 1440)
        var buffer = ByteBuffer()
        let facts = AnswerWriter.Facts(
            requestID: "r1", timing: timing, date: Array("D".utf8), keepAlive: keepAlive, http10: old)
        AnswerWriter.head(status, headers, framing, facts, into: &buffer)
        return String(buffer: buffer)
    }

    @Test("an answer's head is written whole") func answerHead() {
        #expect(
            head(200, [HeaderField(name: "content-type", value: "a/b"), HeaderField(name: "content-length", value: "99")], .length(12)) == """
                HTTP/1.1 200 OK\r
                content-type: a/b\r
                content-length: 12\r
                x-request-id: r1\r
                server-timing: auth;dur=0.007, handler;dur=12.345, cpu;dur=0.301, \
                db;dur=8.000;desc="30 rows 1440 bytes", total;dur=1000.042\r
                x-process-time: 1.000042\r
                date: D\r
                \r

                """)
        #expect(head(404, [], .chunked, keepAlive: false).hasPrefix("HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n"))
        #expect(head(404, [], .chunked, keepAlive: false).hasSuffix("connection: close\r\n\r\n"))
        #expect(head(200, [], .length(0), old: true).hasSuffix("connection: keep-alive\r\n\r\n"))
    }

    @Test(
        "a header that would split an answer is not sound",
        arguments: [("a", "b\r\nc: d"), ("a\r\n", "b"), ("", "b"), ("a b", "c"), ("a:", "c"), ("a", "b\u{0}")])
    func unsound(name: String, value: String) {
        #expect(!AnswerWriter.isSound([HeaderField(name: name, value: value)]))
        #expect(AnswerWriter.isSound([HeaderField(name: "content-type", value: "text/plain; charset=utf-8")]))
    }

    @Test("decimals", arguments: [0, 9, 10, 99, 100, 1234, 1_048_576, Int.max]) func decimals(value: Int) {
        var buffer = ByteBuffer()
        buffer.writeDecimal(value)
        #expect(String(buffer: buffer) == "\(value)")
    }

    @Test("the date is that of RFC 9110") func date() {
        #expect(Timestamp(seconds: 784_111_777).withWeekday(zone: "GMT") == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(Timestamp(seconds: -1).withWeekday(zone: "GMT") == "Wed, 31 Dec 1969 23:59:59 GMT")
        var header = DateHeader()
        #expect(String(decoding: header.value(at: Timestamp(seconds: 0)), as: UTF8.self) == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(String(decoding: header.value(at: Timestamp(seconds: 61)), as: UTF8.self) == "Thu, 01 Jan 1970 00:01:01 GMT")
    }

    @Test("an error has the one shape") func errorShape() {
        let error = AppError(.validation, issues: [.init(field: "a", issue: "b\"c"), .init(field: "d", issue: "e")])
        #expect(
            String(decoding: ErrorBody.json(error, requestID: "r"), as: UTF8.self)
                == #"{"error":{"code":"VALIDATION_ERROR","message":"Invalid input data","#
                + #""details":{"field":"a","issue":"b\"c"},"errors":[{"field":"a","issue":"b\"c"},{"field":"d","issue":"e"}],"request_id":"r"}}"#)
        #expect(
            String(decoding: ErrorBody.json(AppError(.notFound, detail: "secret"), requestID: "r"), as: UTF8.self)
                == #"{"error":{"code":"NOT_FOUND","message":"Nothing is here","request_id":"r"}}"#)
    }

    @Test("the database's clock is measured in the middle of the question") func databaseClock() {
        var clock = DatabaseClock()
        #expect(
            clock.measured(before: Timestamp(microseconds: 1000), answer: Timestamp(microseconds: 2000), after: Timestamp(microseconds: 1200))
                == false)
        #expect(clock.offset == .microseconds(900))
        #expect(clock.measured(before: Timestamp(seconds: 10), answer: Timestamp(seconds: 13), after: Timestamp(seconds: 10)) == true)
        #expect(clock.measured(before: Timestamp(seconds: 13), answer: Timestamp(seconds: 10), after: Timestamp(seconds: 13)) == true)
    }

    @Test("spooled bodies have a limit for each tenant and for all") func quota() throws {
        var quota = SpoolQuota(perTenant: 10, total: 15)
        let (a, b) = (TenantID(UUID(high: 1, low: 0)), TenantID(UUID(high: 2, low: 0)))
        try quota.take(10, for: a)
        #expect { try quota.take(1, for: a) } throws: { ($0 as? AppError)?.code == .tooManyRequests }
        try quota.take(5, for: b)
        #expect { try quota.take(1, for: b) } throws: { ($0 as? AppError)?.code == .unavailable }
        quota.give(10, for: a)
        try quota.take(5, for: b)
    }

    @Test("a spooled body is read back and leaves no file behind") func spool() throws {
        let folder = "/tmp/tenantry-spool-\(UInt64.random(in: .min ... .max))"
        var file: SpoolFile? = try SpoolFile(in: folder) {}
        try Array("hello".utf8).withUnsafeBytes { bytes throws(AppError) in try file?.append(bytes) }
        #expect(try File.names(in: folder).isEmpty)
        #expect(try file?.read(3, at: 1) == Array("ell".utf8))
        #expect(throws: AppError.self) { try file?.read(9, at: 0) }
        file = nil
    }
}
