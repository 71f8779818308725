import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Slow and greedy clients", .testDatabase) struct SlowClients {
        private static func openTransactions() async throws -> Int64 {
            let database = try TestDatabase.current
            return try await database.query(
                "select count(*) from pg_stat_activity where datname = current_database() and usename like $1 and xact_start is not null",
                [.text("\(database.prefix)_h_%")])[0]
                .int64(0)
        }

        @Test(
            "half a request is told that it is too late, and the connection ends (9110 15.5.9)",
            arguments: [
                "GET /health HTTP/1.1\r\nHost: a\r\n", "GET /hea", "POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel",
                "POST /nothing HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
            ])
        func late(text: String) async throws {
            try await RunningHost.run { host in
                let (answer, next) = try await Blocking.run { [port = host.port] in
                    let socket = try RawSocket(port: port)
                    try socket.send(Array(text.utf8))
                    var reader = AnswerReader(socket)
                    return (try reader.next(), try reader.next())
                }
                #expect(answer?.status == 408)
                #expect(answer?.errorCode == "REQUEST_TIMEOUT")
                #expect(next == nil)
            }
        }

        @Test("pitfall 58: no transaction is open for a client that takes its answer byte by byte, or not at all") func slowReader() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let slow = try await host.connect()
                let deaf = try await host.connect()
                try await Blocking.run {
                    _ = try slow.send(RunningHost.head("GET", "/probe/counter?to=1000000", token: token))
                    _ = try deaf.send(RunningHost.head("GET", "/probe/big?bytes=50000000", token: token))
                }
                for _ in 0..<20 {
                    _ = try await Blocking.run { try slow.receive(1) }
                    try await host.eventually("no transaction is open") { try await Self.openTransactions() == 0 }
                }
                #expect(try await host.get("/probe/entries", token: token).status == 200)
                slow.drop()
                deaf.drop()
            }
        }

        @Test("a client that asks and asks and never reads is not answered into memory") func deafAsker() async throws {
            try await RunningHost.run { host in
                let socket = try await host.connect()
                let before = try Self.resident(host.program.pid)
                let requests = Array(repeating: RunningHost.head("GET", "/capabilities"), count: 20_000).flatMap { $0 }
                Blocking.start { _ = try? socket.send(requests) }
                for _ in 0..<50 { #expect(try await host.get("/health").status == 200) }
                let after = try Self.resident(host.program.pid)
                #expect(after - before < 32 << 20, "\(before) bytes became \(after)")
                socket.drop()
            }
        }

        @Test("one address holds so many connections and no more; one that ends makes room") func perAddress() async throws {
            try await RunningHost.run(.init(environment: ["TENANTRY_CONNECTIONS_PER_ADDRESS": "4"])) { host in
                func health(_ socket: RawSocket) async throws -> Int? {
                    try await Blocking.run {
                        try socket.send(RunningHost.head("GET", "/health"))
                        var reader = AnswerReader(socket)
                        return try reader.next()?.status
                    }
                }
                var sockets: [RawSocket] = []
                for _ in 0..<4 { sockets.append(try await host.connect()) }
                for socket in sockets { #expect(try await health(socket) == 200) }
                #expect(try await health(try await host.connect()) == nil)
                sockets.removeLast().drop()
                try await host.eventually("there is room again") { try await health(try await host.connect()) == 200 }
            }
        }

        /// Bytes of memory that a process holds.
        private static func resident(_ pid: Int32) throws -> Int {
            let text = String(decoding: try File.read("/proc/\(pid)/statm"), as: UTF8.self)
            return (Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0) * 4096
        }
    }
}
