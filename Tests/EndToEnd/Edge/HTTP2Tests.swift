import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    @Suite("HTTP/2", .testDatabase) struct HTTP2 {
        private typealias Kind = FrameSocket.Kind
        private typealias Code = FrameSocket.Code

        private static func run(_ body: (RunningHost) async throws -> Void) async throws {
            try await RunningHost.run(.init(environment: ["TENANTRY_HTTP2_CLEAR": "true"])) { host in
                try await body(host)
                #expect(try await host.get("/health").text == #"{"status":"ok"}"#)
            }
        }

        private static func on<T: Sendable>(_ host: RunningHost, _ body: @escaping @Sendable (FrameSocket) throws -> T) async throws -> T {
            try await Blocking.run { [port = host.port] in try body(FrameSocket(port: port)) }
        }

        @Test("requests on one connection are answered side by side, errors have the one shape") func answers() async throws {
            let member = try await Member.make()
            try await Self.run { host in
                let token = try host.token(member)
                try await Self.on(host) { socket in
                    let auth = ("authorization", "Bearer \(token)")
                    try socket.open(1, FrameSocket.request("GET", "/probe/sleep?milliseconds=300", [auth]))
                    try socket.open(3, FrameSocket.request("GET", "/health"))
                    let health = try socket.answer(on: 3)
                    #expect(health?.status == 200)
                    #expect(health?.body == #"{"status":"ok"}"#)
                    #expect(try socket.answer(on: 1)?.status == 204)
                    try socket.open(5, FrameSocket.request("GET", "/nothing"))
                    let missing = try socket.answer(on: 5)
                    #expect(missing?.status == 404)
                    #expect(missing?.body.contains(#""code":"NOT_FOUND""#) == true)
                    try socket.open(7, FrameSocket.request("POST", "/probe/echo/bytes", [auth, ("content-type", "a/b")]), ends: false)
                    try socket.send(Kind.data, 0, 7, Array("hel".utf8))
                    try socket.send(Kind.data, 1, 7, Array("lo".utf8))
                    #expect(try socket.answer(on: 7)?.body == "hello")
                    try socket.open(9, FrameSocket.request("HEAD", "/health"))
                    let head = try socket.answer(on: 9)
                    #expect(head?.status == 200)
                    #expect(head?.body == "")
                }
            }
        }

        @Test("what is malformed is reset or refused, and the connection goes on (9113 8.1.1)") func malformed() async throws {
            let plain = FrameSocket.request("GET", "/health")
            let cases: [(String, [(String, String)])] = [
                ("an upper-case name (8.2)", plain + [("X-Upper", "1")]),
                ("connection (8.2.2)", plain + [("connection", "keep-alive")]),
                ("transfer-encoding (8.2.2)", plain + [("transfer-encoding", "chunked")]),
                ("upgrade (8.2.2)", plain + [("upgrade", "h2c")]),
                ("keep-alive (8.2.2)", plain + [("keep-alive", "1")]),
                ("proxy-connection (8.2.2)", plain + [("proxy-connection", "close")]),
                ("te other than trailers (8.2.2)", plain + [("te", "gzip")]),
                ("no method (8.3.1)", plain.filter { $0.0 != ":method" }),
                ("no path (8.3.1)", plain.filter { $0.0 != ":path" }),
                ("no scheme (8.3.1)", plain.filter { $0.0 != ":scheme" }),
                ("an empty path (8.3.1)", [(":method", "GET"), (":scheme", "http"), (":path", ""), (":authority", "a")]),
                ("two methods (8.3)", [(":method", "GET")] + plain),
                ("two paths (8.3)", [(":path", "/a")] + plain),
                ("an unknown pseudo-header (8.3)", [(":evil", "1")] + plain),
                ("a status in a request (8.3)", [(":status", "200")] + plain),
                ("a pseudo-header behind a header (8.3)", [("a", "b")] + plain),
                ("no host at all (8.3.1)", plain.filter { $0.0 != ":authority" }),
                ("two hosts that differ (8.3.1)", plain + [("host", "b")]),
                ("a host with a user (8.3.1)", plain.filter { $0.0 != ":authority" } + [("host", "u@a")]),
                ("NUL in a value (8.2.1)", plain + [("x", "a\u{0}b")]),
                ("a line end in a value, to be read as two lines (8.2.1)", plain + [("x", "a\r\nb: c")]),
                ("a space in a name (8.2.1)", plain + [("x y", "1")]),
                ("a colon in a name (8.2.1)", plain + [("x:y", "1")]),
                ("a length that is none (8.1.1)", plain + [("content-length", "x")]),
                ("a length without a body (8.1.1)", plain + [("content-length", "5")]),
                ("a space in the path", FrameSocket.request("GET", "/health HTTP/1.1")),
                ("a line end in the path", FrameSocket.request("GET", "/health\r\nx: y")),
                ("an unknown method", FrameSocket.request("BREW", "/health")),
                ("a method with a line end", FrameSocket.request("GET /\r\n", "/health")),
                ("too many headers", plain + (0..<150).map { ("x\($0)", "1") }),
                ("a long path", FrameSocket.request("GET", "/" + String(repeating: "a", count: 9000))),
                ("CONNECT", [(":method", "CONNECT"), (":authority", "a:443")]),
            ]
            try await Self.run { host in
                for (name, lines) in cases {
                    try await Self.on(host) { socket in
                        try socket.open(1, lines)
                        let answer = try socket.answer(on: 1)
                        #expect(answer == nil || answer?.body.contains(#"{"error":{"code":"#) == true, "\(name): \(answer?.body ?? "")")
                        #expect(answer?.status != 200, "\(name)")
                    }
                }
            }
        }

        @Test("a body that is not as long as it says is an error of the protocol (9113 8.1.1)") func lengths() async throws {
            try await Self.run { host in
                for (said, sent) in [(3, "hello"), (9, "hello")] {
                    try await Self.on(host) { socket in
                        try socket.open(1, FrameSocket.request("POST", "/nothing", [("content-length", "\(said)")]), ends: false)
                        try socket.send(Kind.data, 1, 1, Array(sent.utf8))
                        let frame = try socket.next()
                        #expect(frame?.errorCode == Code.protocolError, "\(said): \(String(describing: frame))")
                    }
                }
            }
        }

        @Test("frames that break the protocol end the connection (9113 5.4.1)") func broken() async throws {
            typealias Send = @Sendable (FrameSocket) throws -> Void
            let cases: [(String, Send)] = [
                ("data on a stream that was never opened (5.1)", { try $0.send(Kind.data, 1, 1, [1]) }),
                ("a stream of an even number (5.1.1)", { try $0.open(2, FrameSocket.request("GET", "/health")) }),
                ("headers on stream 0 (6.2)", { try $0.open(0, FrameSocket.request("GET", "/health")) }),
                ("a frame that is too large (4.2)", { try $0.send(Kind.data, 0, 1, [UInt8](repeating: 0, count: 20_000)) }),
                ("a header block that is nonsense (4.3)", { try $0.send(Kind.headers, 5, 1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF]) }),
                ("a continuation of nothing (6.10)", { try $0.send(Kind.continuation, 4, 1, []) }),
                ("settings of a wrong size (6.5)", { try $0.send(Kind.settings, 0, 0, [1]) }),
                ("a ping of a wrong size (6.7)", { try $0.send(Kind.ping, 0, 0, [1]) }),
                ("a window that overflows (6.9.1)", { for _ in 0..<3 { try $0.send(Kind.windowUpdate, 0, 0, [0x7F, 0xFF, 0xFF, 0xFF]) } }),
                ("a window update of 0 (6.9)", { try $0.send(Kind.windowUpdate, 0, 0, [0, 0, 0, 0]) }),
            ]
            try await Self.run { host in
                for (name, send) in cases {
                    let (code, ended) = try await Self.on(host) { socket in
                        try send(socket)
                        var code: UInt8?
                        while let frame = try socket.next() { if frame.type == Kind.goAway { code = frame.errorCode } }
                        return (code, true)
                    }
                    #expect(ended && code != Code.none, "\(name)")
                }
            }
        }

        @Test("CVE-2023-44487: streams that are opened to be reset end the connection") func rapidReset() async throws {
            try await Self.run { host in
                let code = try await Self.on(host) { socket in
                    for number in 0..<2000 {
                        let stream = UInt32(number * 2 + 1)
                        guard try socket.open(stream, FrameSocket.request("GET", "/nothing")),
                            try socket.send(Kind.reset, 0, stream, [0, 0, 0, 8])
                        else { break }
                    }
                    return try Self.end(socket)
                }
                #expect(code == nil || code == Code.enhanceYourCalm)
            }
        }

        @Test("CVE-2024-27316: headers without an end end the connection") func continuationFlood() async throws {
            try await Self.run { host in
                let code = try await Self.on(host) { socket in
                    try socket.send(Kind.headers, 0, 1, FrameSocket.block(FrameSocket.request("GET", "/health")))
                    for number in 0..<1000 {
                        guard try socket.send(Kind.continuation, 0, 1, FrameSocket.block([("x\(number)", String(repeating: "y", count: 1000))]))
                        else {
                            break
                        }
                    }
                    return try Self.end(socket)
                }
                #expect(code != Code.none)
            }
        }

        @Test(
            "frames that ask for nothing, again and again, end the connection",
            arguments: [
                (Kind.settings, UInt8(0), UInt32(0), [UInt8]()), (Kind.ping, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]), (Kind.data, 0, 1, []),
            ])
        func floods(kind: UInt8, flags: UInt8, stream: UInt32, payload: [UInt8]) async throws {
            try await Self.run { host in
                let code = try await Self.on(host) { socket in
                    try socket.open(1, FrameSocket.request("POST", "/nothing"), ends: false)
                    for _ in 0..<20_000 { guard try socket.send(kind, flags, stream, payload) else { break } }
                    return try Self.end(socket)
                }
                #expect(code != Code.none)
            }
        }

        @Test("a head above the limit is refused, also where it is packed small (HPACK bomb)") func bomb() async throws {
            try await Self.run { host in
                _ = try await Self.on(host) { socket in
                    // One long line enters the table, then a byte names it again and again.
                    let long = FrameSocket.block([("x", String(repeating: "y", count: 3000))])
                    let bomb =
                        FrameSocket.block(FrameSocket.request("GET", "/health")) + [0x40] + long.dropFirst() + [UInt8](repeating: 0xBE, count: 9000)
                    try socket.send(Kind.headers, 5, 1, bomb)
                    let answer = try socket.answer(on: 1)
                    #expect(answer?.status != 200)
                }
            }
        }

        @Test("no more streams than allowed are open at once; the others are refused or end the connection") func manyStreams() async throws {
            let member = try await Member.make()
            try await Self.run { host in
                let token = try host.token(member)
                let refused = try await Self.on(host) { socket in
                    for number in 0..<120 {
                        let lines = FrameSocket.request("GET", "/probe/counter/live", [("authorization", "Bearer \(token)")])
                        guard try socket.open(UInt32(number * 2 + 1), lines) else { break }
                    }
                    while let frame = try socket.next() { if frame.type == Kind.reset || frame.type == Kind.goAway { return frame.errorCode } }
                    return nil
                }
                #expect(refused != Code.none)
            }
        }

        @Test("a stream that is reset cancels its call down to the database") func cancelled() async throws {
            let member = try await Member.make()
            let database = try TestDatabase.current
            try await Self.run { host in
                let token = try host.token(member)
                func sleeping() async throws -> Int64 {
                    try await database.query(
                        "select count(*) from pg_stat_activity where datname = current_database() and usename like $1 and state = 'active' and query like '%pg_sleep%'",
                        [.text("\(database.prefix)_h_%")])[0].int64(0)
                }
                let socket = try await Blocking.run { [port = host.port] in
                    let frames = try FrameSocket(port: port)
                    try frames.open(1, FrameSocket.request("GET", "/probe/pg_sleep?milliseconds=60000", [("authorization", "Bearer \(token)")]))
                    return frames.socket
                }
                try await host.eventually("it runs") { try await sleeping() == 1 }
                try await Blocking.run { _ = try socket.send(FrameSocket.frame(Kind.reset, 0, 1, [0, 0, 0, 8])) }
                try await host.eventually("it is cancelled") { try await sleeping() == 0 }
                #expect(try await host.get("/health/ready").json["handlers"]?["probe"]?["in_flight"] == 0)
            }
        }

        @Test("pitfall 58: a client that takes nothing holds no transaction, and gets all once it does") func flowControl() async throws {
            let member = try await Member.make()
            let database = try TestDatabase.current
            try await Self.run { host in
                let token = try host.token(member)
                let frames = try await Blocking.run { [port = host.port] in
                    let frames = try FrameSocket(port: port, window: 1)
                    try frames.open(1, FrameSocket.request("GET", "/probe/counter?to=1000", [("authorization", "Bearer \(token)")]))
                    return frames.socket
                }
                try await host.eventually("no transaction is open") {
                    try await database.query(
                        "select count(*) from pg_stat_activity where datname = current_database() and usename like $1 and xact_start is not null",
                        [.text("\(database.prefix)_h_%")]
                    )[0].int64(0) == 0
                }
                #expect(try await host.get("/probe/caller", token: token).status == 200)
                frames.drop()
            }
        }

        @Test("a stop says goodbye and lets what runs come to its end") func stop() async throws {
            let member = try await Member.make()
            try await RunningHost.run(.init(environment: ["TENANTRY_HTTP2_CLEAR": "true"])) { host in
                let token = try host.token(member)
                let seen = try await Self.on(host) { socket in
                    let auth = ("authorization", "Bearer \(token)")
                    try socket.open(1, FrameSocket.request("GET", "/probe/caller", [auth]))
                    #expect(try socket.answer(on: 1)?.status == 200)
                    try socket.open(3, FrameSocket.request("GET", "/probe/sleep?milliseconds=1000", [auth]))
                    // Its echo says that what came before it has been taken in.
                    try socket.socket.send(FrameSocket.frame(Kind.ping, 0, 0, Array(repeating: 7, count: 8)))
                    while let frame = try socket.any(), frame.type != Kind.ping {}
                    host.program.signal(SIGTERM)
                    var seen: [UInt8] = []
                    while let frame = try socket.next() { seen.append(frame.type) }
                    return seen
                }
                #expect(seen.contains(Kind.goAway))
                #expect(seen.contains(Kind.headers))
            }
        }

        /// Reads until the connection ends; the code of its last word.
        private static func end(_ socket: FrameSocket) throws -> UInt8? {
            var code: UInt8?
            while let frame = try socket.next() { if frame.type == Kind.goAway { code = frame.errorCode } }
            return code
        }
    }
}
