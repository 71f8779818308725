import Kernel
import NIOHTTP1
import Testing
import Wire

@testable import Host

@Suite("Reading a request's head") struct RequestHeadTests {
    private func head(_ lines: [(String, String)], _ version: HTTPVersion = .http1_1) throws(AppError) -> RequestHead {
        try RequestHead(HTTPRequestHead(version: version, method: .POST, uri: "/x", headers: HTTPHeaders(lines)))
    }

    @Test("the lines that matter are found in any case, and only known ones pass on") func lines() throws {
        let head = try head([
            ("HOST", "a"), ("AuThorization", "Bearer x"), ("Content-Length", "12"), ("Content-Type", "text/csv"), ("Cookie", "secret"),
            ("X-Forwarded-For", "1.2.3.4"), ("X-Request-ID", "r1"), ("Expect", "100-continue"), ("X-Tenant", "b"),
        ])
        #expect(head.authorization == "Bearer x")
        #expect(head.contentLength == 12)
        #expect(head.hasBody)
        #expect(head.expectsContinue)
        #expect(head.requestID == "r1")
        #expect(head.forwarded == [HeaderField(name: "content-type", value: "text/csv")])
    }

    @Test(
        "a head that two servers could read differently is refused",
        arguments: [
            [("Host", "a"), ("Host", "b")], [], [("Host", "a"), ("Content-Length", "1"), ("Content-Length", "1")],
            [("Host", "a"), ("Content-Length", "+1")], [("Host", "a"), ("Content-Length", "1, 1")], [("Host", "a"), ("Content-Length", "")],
            [("Host", "a"), ("Content-Length", "3"), ("Transfer-Encoding", "chunked")], [("Host", "a"), ("Transfer-Encoding", "gzip, chunked")],
            [("Host", "a"), ("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")], [("Host", "a"), ("Transfer-Encoding", "xchunked")],
            [("Host", "a"), ("Authorization", "x"), ("Authorization", "y")],
        ])
    func refused(lines: [(String, String)]) {
        #expect { try head(lines) } throws: { ($0 as? AppError)?.code == .badRequest }
    }

    @Test("HTTP/1.0 needs no host and has no chunks") func old() throws {
        #expect(try head([], .http1_0).isOld)
        #expect(throws: AppError.self) { try head([("Transfer-Encoding", "chunked")], .http1_0) }
    }

    @Test("request ids of clients are taken over only where they are plain") func requestID() {
        #expect(RequestID.accepted("a-B_9.:x") == "a-B_9.:x")
        #expect(RequestID.accepted("") == nil)
        #expect(RequestID.accepted("a b") == nil)
        #expect(RequestID.accepted("a\r\nx: y") == nil)
        #expect(RequestID.accepted(String(repeating: "a", count: 65)) == nil)
    }
}
