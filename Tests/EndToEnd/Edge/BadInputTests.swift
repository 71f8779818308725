import Kernel
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Bad input", .testDatabase) struct BadInput {
        struct Case: Sendable {
            let name: String
            let bytes: [UInt8]
            let status: Int
            let code: String

            init(_ name: String, _ text: String, _ status: Int, _ code: String) {
                self.init(name, Array(text.utf8), status, code)
            }

            init(_ name: String, _ bytes: [UInt8], _ status: Int, _ code: String) {
                self.name = name
                self.bytes = bytes
                self.status = status
                self.code = code
            }
        }

        private func cases(_ token: String) -> [Case] {
            func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n" }
            func post(_ path: String, _ body: [UInt8], _ type: String = "application/json") -> [UInt8] {
                RunningHost.head("POST", path, token: token, headers: [("Content-Type", type)], length: body.count) + body
            }
            let long = String(repeating: "a", count: 9000)
            return [
                Case("unknown route", get("/nothing/here"), 404, "NOT_FOUND"),
                Case("unknown route under the prefix", get("/api/v1/nothing"), 404, "NOT_FOUND"),
                Case("another version of the prefix", get("/api/v2/health"), 404, "NOT_FOUND"),
                Case("wrong method", "DELETE /health HTTP/1.1\r\nHost: a\r\n\r\n", 405, "METHOD_NOT_ALLOWED"),
                Case("no token", get("/probe/caller"), 401, "UNAUTHENTICATED"),
                Case("another scheme", "GET /probe/caller HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTpi\r\n\r\n", 401, "UNAUTHENTICATED"),
                Case("a token that is none", "GET /probe/caller HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a.b.c\r\n\r\n", 401, "UNAUTHENTICATED"),
                Case("unknown method", "BREW /health HTTP/1.1\r\nHost: a\r\n\r\n", 501, "NOT_IMPLEMENTED"),
                Case("no HTTP at all", "hello\r\n\r\n", 400, "BAD_REQUEST"),
                Case("an old version", "GET /health HTTP/0.9\r\nHost: a\r\n\r\n", 505, "VERSION_NOT_SUPPORTED"),
                Case("no host", "GET /health HTTP/1.1\r\n\r\n", 400, "BAD_REQUEST"),
                Case("two hosts", "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "BAD_REQUEST"),
                Case("NUL in the path", get("/probe/%00"), 400, "BAD_REQUEST"),
                Case("NUL in the query", get("/health?a=%00"), 400, "BAD_REQUEST"),
                Case("NUL in the head", Array("GET /health HTTP/1.1\r\nHost: a\u{0}b\r\n\r\n".utf8), 400, "BAD_REQUEST"),
                Case("bad UTF-8 in the path", get("/probe/%ff%fe"), 400, "BAD_REQUEST"),
                Case("raw bytes in the path", Array("GET /\u{FF} HTTP/1.1\r\nHost: a\r\n\r\n".utf8), 400, "BAD_REQUEST"),
                Case("a half escape", get("/probe/%4"), 400, "BAD_REQUEST"),
                Case("a path upwards", get("/../etc/passwd"), 400, "BAD_REQUEST"),
                Case("an escaped path upwards", get("/%2e%2e/etc"), 400, "BAD_REQUEST"),
                Case("a long address", get("/" + long), 414, "URI_TOO_LONG"),
                Case(
                    "a long header", "GET /health HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "b", count: 20_000))\r\n\r\n", 431,
                    "HEADERS_TOO_LARGE"),
                Case(
                    "many headers", "GET /health HTTP/1.1\r\nHost: a\r\n" + (0..<200).map { "X\($0): 1\r\n" }.joined() + "\r\n", 431,
                    "HEADERS_TOO_LARGE"),
                Case(
                    "lengths that differ", "POST /probe/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400,
                    "BAD_REQUEST"),
                Case("a negative length", "POST /probe/echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400, "BAD_REQUEST"),
                Case(
                    "length and chunks", "POST /probe/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    400,
                    "BAD_REQUEST"),
                Case("another coding", "POST /probe/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400, "BAD_REQUEST"),
                Case(
                    "a wrong chunk", RunningHost.head("POST", "/probe/echo", token: token, chunked: true) + Array("zz\r\nhello\r\n0\r\n\r\n".utf8),
                    400,
                    "BAD_REQUEST"),
                Case("bad JSON", post("/probe/echo", Array(#"{"text": "a""#.utf8)), 400, "BAD_REQUEST"),
                Case("NUL in JSON", post("/probe/echo", Array("{\"text\": \"a\u{0}\"}".utf8)), 400, "BAD_REQUEST"),
                Case("bad UTF-8 in JSON", post("/probe/echo", Array(#"{"text": ""#.utf8) + [0xFF, 0xFE] + Array(#""}"#.utf8)), 400, "BAD_REQUEST"),
                Case("a member of another kind", post("/probe/echo", Array(#"{"text": 5}"#.utf8)), 400, "VALIDATION_ERROR"),
                Case(
                    "another media type", post("/probe/echo", Array("text=a".utf8), "application/x-www-form-urlencoded"), 415,
                    "UNSUPPORTED_MEDIA_TYPE"),
                Case("a body above the limit", RunningHost.head("POST", "/probe/echo", token: token, length: 1 << 40), 413, "PAYLOAD_TOO_LARGE"),
            ]
        }

        @Test("each is a clear 4xx in the one shape, and the host goes on") func refused() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                for item in try cases(host.token(member)) {
                    let answer = try await host.exchange(item.bytes)
                    #expect(answer.status == item.status, "\(item.name): \(answer.status) \(answer.text)")
                    #expect(answer.errorCode == item.code, "\(item.name): \(answer.text)")
                    #expect(answer["content-type"] == "application/json", "\(item.name)")
                }
                #expect(try await host.get("/health").status == 200)
            }
        }

        @Test("pitfall 28: errors of a handler leave without SQL, names or traces") func quietErrors() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                for (kind, status, code) in [
                    ("validation", 400, "VALIDATION_ERROR"), ("not_found", 404, "NOT_FOUND"), ("conflict", 409, "CONFLICT"),
                    ("retry", 503, "UNAVAILABLE"),
                    ("unknown", 500, "INTERNAL_ERROR"), ("sql", 500, "INTERNAL_ERROR"), ("writing", 500, "INTERNAL_ERROR"),
                ] {
                    let answer = try await host.get("/probe/fail/\(kind)", token: token)
                    #expect(answer.status == status, "\(kind): \(answer.text)")
                    #expect(answer.errorCode == code, "\(kind)")
                    for word in ["select", "probe.", "private", "Secret", "division", "pkey", ".swift"] {
                        #expect(!answer.text.lowercased().contains(word.lowercased()), "\(kind) says \(word): \(answer.text)")
                    }
                }
                #expect(try await host.get("/probe/fail/retry", token: token)["retry-after"] == "3")
                let late = try await host.get("/probe/fail/late", token: token)
                #expect(late.text == "one line, then\n")
            }
        }

        @Test("HEAD answers like GET without the body, OPTIONS with what is allowed") func head() async throws {
            try await RunningHost.run { host in
                let (first, second) = try await Blocking.run { [port = host.port] in
                    let socket = try RawSocket(port: port)
                    try socket.send(RunningHost.head("HEAD", "/health") + RunningHost.head("OPTIONS", "/health"))
                    var reader = AnswerReader(socket)
                    return (try reader.head(), try reader.next())
                }
                #expect(first?.status == 200)
                #expect(first?["content-length"] == "15")
                #expect(second?.status == 204)
                #expect(second?["allow"] == "GET, HEAD")
            }
        }
    }
}
