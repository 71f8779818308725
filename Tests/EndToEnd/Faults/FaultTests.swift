import Glibc
import Kernel
import Postgres
import Tenants
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Faults", .testDatabase) struct Faults {
        @Test("pitfall 31: a trap ends its own process and calls, and nothing else") func trap() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let before = try await host.get("/auth/me", token: token)
                #expect(before.status == 200)
                for index in 0..<2 {
                    let trapped = try await host.get("/probe/trap?index=\(index)", token: token)
                    #expect(trapped.status == 502)
                    #expect(trapped.errorCode == "HANDLER_FAILED")
                    #expect(try await host.get("/probe/caller", token: token).status == 200)
                    #expect(try await host.get("/auth/me", token: token).body == before.body)
                }
            }
        }

        @Test("pitfall 36: when a client goes, its statement ends in the database", arguments: [true, false]) func dropped(abruptly: Bool)
            async throws
        {
            let member = try await Member.make()
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let token = try host.token(member)
                let socket = try await host.connect()
                try await Blocking.run { _ = try socket.send(RunningHost.head("GET", "/probe/pg_sleep?milliseconds=60000", token: token)) }
                func active() async throws -> Int64 {
                    try await database.query(
                        "select count(*) from pg_stat_activity where datname = current_database() and usename = $1 and state = 'active'",
                        [.text("\(database.prefix)_h_probe")])[0]
                        .int64(0)
                }
                try await host.eventually("it runs in the database") { try await active() == 1 }
                socket.drop(abruptly: abruptly)
                try await host.eventually("the backend is idle") { try await active() == 0 }
                #expect(try await host.get("/probe/entries", token: token).status == 200)
            }
        }

        @Test("pitfall 37: a deadline ends the call, in the database too") func deadline() async throws {
            let member = try await Member.make()
            let database = try TestDatabase.current
            let folder = try HandlerFolder.probe(in: database, replacing: ["timeout: 10s": "timeout: 300ms"])
            try await RunningHost.run(.init(handlers: [folder])) { host in
                let token = try host.token(member)
                for path in ["/probe/sleep?milliseconds=60000", "/probe/pg_sleep?milliseconds=60000"] {
                    let answer = try await host.get(path, token: token)
                    #expect(answer.status == 504)
                    #expect(answer.errorCode == "DEADLINE_EXCEEDED")
                }
                try await host.eventually("the backend is idle") {
                    try await database.query(
                        "select count(*) from pg_stat_activity where datname = current_database() and usename = $1 and state = 'active'",
                        [.text("\(database.prefix)_h_probe")])[0]
                        .int64(0)
                        == 0
                }
            }
        }

        @Test("SIGTERM lets what runs finish, takes nothing new, and ends with 0") func drain() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                async let running = host.get("/probe/sleep?milliseconds=700", token: token)
                try await host.eventually("it runs") { try await host.get("/health/ready").json["handlers"]?["probe"]?["in_flight"] == 1 }
                host.program.signal(SIGTERM)
                #expect(try await running.status == 204)
                #expect(try await Blocking.run { host.program.end() } == 0)
                await #expect(throws: AppError.self) { try await host.connect() }
            }
        }

        @Test("SIGTERM does not wait for ever: neither for an answer nor for a body that does not end") func boundedDrain() async throws {
            let member = try await Member.make()
            try await RunningHost.run(.init(environment: ["TENANTRY_SHUTDOWN_TIME": "500ms"])) { host in
                let token = try host.token(member)
                let answer = try await host.connect()
                let body = try await host.connect()
                try await Blocking.run {
                    _ = try answer.send(RunningHost.head("GET", "/probe/sleep?milliseconds=9000", token: token))
                    _ = try body.send(RunningHost.head("POST", "/probe/echo/bytes", token: token, length: 100) + [1])
                }
                try await host.eventually("it runs") { try await host.get("/health/ready").json["handlers"]?["probe"]?["in_flight"] == 1 }
                let begin = ContinuousClock.now
                host.program.signal(SIGTERM)
                #expect(try await Blocking.run { host.program.end() } == 0)
                #expect(begin.duration(to: .now) < .seconds(8))
            }
        }

        @Test("SIGTERM ends listeners, who can resume elsewhere") func drainListeners() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let socket = try await host.connect()
                try await Blocking.run {
                    _ = try socket.send(RunningHost.head("GET", "/probe/counter/live", token: token))
                    _ = try socket.receive()
                }
                host.program.signal(SIGTERM)
                #expect(try await Blocking.run { host.program.end() } == 0)
                let rest = try await Blocking.run {
                    var bytes: [UInt8] = []
                    while case let more = try socket.receive(), !more.isEmpty { bytes += more }
                    return bytes
                }
                #expect(String(decoding: rest, as: UTF8.self).hasSuffix("0\r\n\r\n"))
            }
        }

        @Test("while the database is away callers hear 503; when it is back all is well") func databaseAway() async throws {
            let member = try await Member.make()
            let database = try TestDatabase.current
            func server(_ sql: String) async throws {
                try await TestServer.withClient(try TestServer.configuration()) {
                    try await $0.withConnection(deadline: .after(.seconds(20))) { try await $0.execute(sql) }
                }
            }
            try await RunningHost.run { host in
                let token = try host.token(member)
                #expect(try await host.get("/probe/entries", token: token).status == 200)
                try await server("alter database \(database.name) with allow_connections false")
                try await server("select pg_terminate_backend(pid) from pg_stat_activity where datname = '\(database.name)'")
                try await host.eventually("503") { try await host.get("/probe/entries", token: token).errorCode == "UNAVAILABLE" }
                try await host.eventually("not ready") { try await host.get("/health/ready").status == 503 }
                #expect(try await host.get("/health").status == 200)
                try await server("alter database \(database.name) with allow_connections true")
                try await host.eventually("200 again") { try await host.get("/probe/entries", token: token).status == 200 }
                try await host.eventually("ready, and changes are heard") {
                    let ready = try await host.get("/health/ready")
                    return ready.status == 200 && ready.text.contains(#""directory":"ok""#)
                }
            }
        }

        @Test("a process that does not let go of what was cancelled is replaced") func stuck() async throws {
            let member = try await Member.make()
            let database = try TestDatabase.current
            let folder = try HandlerFolder.probe(in: database, replacing: ["timeout: 10s": "timeout: 300ms", "max: 2}": "max: 1}"])
            try await RunningHost.run(.init(handlers: [folder])) { host in
                let token = try host.token(member)
                let before = try ChildProgram.children(of: host.program.pid)
                #expect(try await host.get("/probe/loop", token: token).status == 504)
                try await host.eventually("another process answers") { try await host.get("/probe/caller", token: token).status == 200 }
                #expect(try ChildProgram.children(of: host.program.pid).contains { !before.contains($0) })
            }
        }

        @Test("no process of a handler outlives the gateway, also when that is killed and this one loops") func orphans() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                #expect(try await host.get("/probe/caller", token: token).status == 200)
                let socket = try await host.connect()
                try await Blocking.run { _ = try socket.send(RunningHost.head("GET", "/probe/loop", token: token)) }
                try await host.eventually("it loops") { try await host.get("/health/ready").text.contains(#""in_flight":1"#) }
                let children = try ChildProgram.children(of: host.program.pid)
                #expect(!children.isEmpty)
                host.program.signal(SIGKILL)
                _ = try await Blocking.run { host.program.end() }
                try await host.eventually("all have ended") { children.allSatisfy { !ChildProgram.isAlive($0) } }
            }
        }

        @Test("kill -9 of a gateway that starts its handlers leaves none of what it had begun") func orphansAtStart() async throws {
            let environment = try RunningHost.environment(try TestDatabase.current)
            for children in 1...6 {
                let program = try ChildProgram("tenantry", ["run"], environment: environment)
                try await RunningHost.eventually("it starts processes") { try ChildProgram.children(of: program.pid).count >= min(children, 4) }
                program.signal(SIGKILL)
                _ = try await Blocking.run { program.end() }
                try await RunningHost.eventually("nobody holds its output any more") { program.isSilent }
            }
        }

        @Test("kill -9 of the gateway in the middle of an upload stores nothing") func killedUpload() async throws {
            let member = try await Member.make()
            let business = try await member.business(1)
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let token = try host.token(member)
                var csv = "date,sales\n"
                for day in 0..<60_000 { csv += "\(CalendarDate(daysSinceEpoch: day).text),\(day)\n" }
                let body = Array(csv.utf8)
                let socket = try await host.connect()
                try await Blocking.run {
                    _ = try socket.send(
                        RunningHost.head(
                            "POST", "/data/upload?business_id=\(business)", token: token, headers: [("content-type", "text/csv")], length: body.count)
                    )
                    _ = try socket.send(Array(body.dropLast(1)))
                    _ = try socket.send([body[body.count - 1]])
                }
                host.program.signal(SIGKILL)
                _ = try await Blocking.run { host.program.end() }
                try await host.eventually("no transaction is left") {
                    try await database.query(
                        "select count(*) from pg_stat_activity where datname = current_database() and usename = $1",
                        [.text("\(database.prefix)_h_uploads")])[0].int64(0) == 0
                }
                let rows = try await database.query("select count(*) from app.kpi_data")[0].int64(0)
                #expect(rows == 0 || rows == 60_000)
            }
        }

        @Test("a budget of connections above the server's limit refuses the start, and says which numbers") func budget() async throws {
            let database = try TestDatabase.current
            let folder = try HandlerFolder.probe(in: database, replacing: ["max: 2}": "max: 200}", "connections: 4": "connections: 64"])
            let (status, printed) = try await Blocking.run {
                let program = try ChildProgram("tenantry", ["run"], environment: try RunningHost.environment(database, .init(handlers: [folder])))
                return program.finish()
            }
            #expect(status == 69)
            #expect(printed.contains("probe 200 × 64"), "\(printed)")
        }
    }
}

extension CalendarDate {
    fileprivate var text: String { "\(midnight)".split(separator: "T").first.map(String.init) ?? "" }
}
