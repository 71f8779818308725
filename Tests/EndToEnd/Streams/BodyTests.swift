import Kernel
import Postgres
import Tenants
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Bodies and answers", .testDatabase) struct Bodies {
        /// Bytes that show where one is missing.
        static func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 8 ^ $0 >> 16) } }

        @Test(
            "a body of any size comes back whole, with a length or in chunks", arguments: [0, 1, 65_536, 65_537, 1 << 20, (1 << 20) + 1, 5_000_000])
        func echo(count: Int) async throws {
            let member = try await Member.make()
            let body = Self.pattern(count)
            try await RunningHost.run { host in
                let token = try host.token(member)
                let whole = try await host.request("POST", "/probe/echo/bytes", token: token, headers: [("content-type", "a/b")], body: body)
                #expect(whole.status == 200)
                #expect(whole.body == body)
                var bytes = RunningHost.head("POST", "/probe/echo/bytes", token: token, headers: [("content-type", "a/b")], chunked: true)
                var rest = body[...]
                while !rest.isEmpty {
                    let piece = rest.prefix(50_000)
                    bytes += Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + [13, 10]
                    rest = rest.dropFirst(piece.count)
                }
                let chunked = try await host.exchange(bytes + Array("0\r\n\r\n".utf8))
                #expect(chunked.status == 200)
                #expect(chunked.body == body)
            }
        }

        @Test("a stream is passed on whole, and a large value too") func long() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let counted = try await host.get("/probe/counter?to=200000&chunk=1000", token: token)
                #expect(counted.text.split(separator: "\n").count == 200_000)
                #expect(counted.text.hasSuffix("\n199999\n200000\n"))
                let big = try await host.get("/probe/big?bytes=3000000", token: token)
                #expect(big["content-length"] == "3000000")
                #expect(big.body.count == 3_000_000)
            }
        }

        @Test("a client that reads slowly slows the handler, and gets everything; others are served meanwhile") func slowReader() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let socket = try await host.connect()
                try await Blocking.run { _ = try socket.send(RunningHost.head("GET", "/probe/counter?to=1000000", token: token)) }
                for _ in 0..<5 { #expect(try await host.get("/probe/caller", token: token).status == 200) }
                let answer = try await Blocking.run {
                    var reader = AnswerReader(socket)
                    return try reader.next()
                }
                #expect(answer?.text.hasSuffix("\n999999\n1000000\n") == true)
            }
        }

        @Test("a client that asks first is told to go on") func expectContinue() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let (first, answer) = try await Blocking.run { [port = host.port] in
                    let socket = try RawSocket(port: port)
                    try socket.send(RunningHost.head("POST", "/probe/echo/bytes", token: token, headers: [("Expect", "100-continue")], length: 5))
                    var reader = AnswerReader(socket)
                    let first = try reader.head()
                    try socket.send(Array("hello".utf8))
                    return (first?.status, try reader.next())
                }
                #expect(first == 100)
                #expect(answer?.text == "hello")
                let refused = try await host.exchange(
                    RunningHost.head("POST", "/probe/echo/bytes", headers: [("Expect", "100-continue")], length: 5))
                #expect(refused.status == 401)
            }
        }

        @Test("pitfall 58: no transaction and no process waits for a client that sends byte by byte") func slowSender() async throws {
            let member = try await Member.make()
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let token = try host.token(member)
                #expect(try await host.get("/probe/entries", token: token).status == 200)
                let socket = try await host.connect()
                let body = Array(#"{"number": 1, "text": "slow"}"#.utf8)
                try await Blocking.run {
                    _ = try socket.send(
                        RunningHost.head("POST", "/probe/entries", token: token, headers: [("content-type", "application/json")], length: body.count))
                }
                for byte in body.dropLast() {
                    try await Blocking.run { _ = try socket.send([byte]) }
                    // A connection that is being opened has a transaction for a moment too; one that waited for the client would stay.
                    try await host.eventually("no transaction is open") {
                        try await database.query(
                            "select count(*) from pg_stat_activity where datname = current_database() and usename like $1 and xact_start is not null",
                            [.text("\(database.prefix)_h_%")])[0].int64(0) == 0
                    }
                }
                #expect(try await host.get("/health/ready").json["handlers"]?["probe"]?["in_flight"] == 0)
                let answer = try await Blocking.run {
                    try socket.send([body[body.count - 1]])
                    var reader = AnswerReader(socket)
                    return try reader.next()
                }
                #expect(answer?.status == 201)
            }
        }

        @Test("nothing is left in the scratch folder, not even by a client that goes in the middle") func scratch() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let socket = try await host.connect()
                try await Blocking.run {
                    _ = try socket.send(RunningHost.head("POST", "/probe/echo/bytes", token: token, length: 10_000_000))
                    _ = try socket.send([UInt8](repeating: 1, count: 4_000_000))
                }
                let folder = "\(host.home)/scratch/\(member.tenant)"
                try await host.eventually("it is spooled") { File.isFolder(folder) }
                try await host.eventually("the file has lost its name while its bytes come") { try File.names(in: folder).isEmpty }
                socket.drop()
                #expect(try await host.get("/probe/caller", token: token).status == 200)
            }
        }
    }
}
