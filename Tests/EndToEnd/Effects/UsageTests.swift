import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Receipts and the sums of them.
    @Suite("Usage", .testDatabase) struct UsageTests {
        /// What one answer's header says was used.
        private struct Part {
            var invocations: Int64 = 0
            var errors: Int64 = 0
            var cpu: Int64 = 0
            var database: Int64 = 0
            var rows: Int64 = 0
            var bytes: Int64 = 0
            var request: Int64 = 0
            var answer: Int64 = 0

            init() {}

            init(_ answer: HTTPAnswer, request: Int) throws {
                invocations = 1
                errors = answer.status >= 499 ? 1 : 0
                self.request = Int64(request)
                self.answer = Int64(answer.body.count)
                let header = try #require(answer["server-timing"])
                for part in header.split(separator: ",") {
                    let fields = part.split(separator: ";").map { $0.drop { $0 == " " } }
                    guard ["cpu", "db"].contains(fields[0]) else { continue }
                    let microseconds = try #require(Int64(fields[1].dropFirst(4).filter { $0 != "." }))
                    if fields[0] == "cpu" { cpu = microseconds } else { database = microseconds }
                    guard fields.count > 2 else { continue }
                    let numbers = fields[2].split { !$0.isNumber }.compactMap { Int64($0) }
                    (rows, bytes) = (numbers[0], numbers[1])
                }
            }

            static func += (sum: inout Part, more: Part) {
                for path in [\Part.invocations, \.errors, \.cpu, \.database, \.rows, \.bytes, \.request, \.answer] {
                    sum[keyPath: path] += more[keyPath: path]
                }
            }
        }

        @Test("the sums of three tenants who call at once are those of their receipts, to the microsecond, after a clean stop") func exact()
            async throws
        {
            let members = [try await Member.make(1), try await Member.make(2), try await Member.make(3)]
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let sums = try await withThrowingTaskGroup(of: (Int, Part).self) { group in
                    for (index, member) in members.enumerated() {
                        let token = try host.token(member)
                        for number in 1...12 {
                            group.addTask {
                                switch number % 4 {
                                case 0:
                                    let answer = try await host.get("/probe/entries", token: token)
                                    return (index, try Part(answer, request: 0))
                                case 1:
                                    let body = Array(#"{"number": \#(number), "text": "\#(String(repeating: "x", count: number))"}"#.utf8)
                                    let answer = try await host.request(
                                        "POST", "/probe/entries", token: token,
                                        headers: [("content-type", "application/json"), ("Idempotency-Key", "k\(number)")], body: body)
                                    #expect(answer.status == 201, "\(answer.text)")
                                    return (index, try Part(answer, request: body.count))
                                case 2:
                                    let answer = try await host.get("/probe/loop?milliseconds=3", token: token)
                                    return (index, try Part(answer, request: 0))
                                default:
                                    let answer = try await host.get("/probe/fail/sql", token: token)
                                    #expect(answer.status == 500)
                                    return (index, try Part(answer, request: 0))
                                }
                            }
                        }
                    }
                    return try await group.reduce(into: [Part(), Part(), Part()]) { $0[$1.0] += $1.1 }
                }
                host.program.signal(SIGTERM)
                #expect(try await Blocking.run { host.program.end() } == 0)
                for (index, sum) in sums.enumerated() {
                    func ask(_ arguments: String...) async throws -> [JSONValue] {
                        let (status, printed) = try await Blocking.run {
                            try ChildProgram("tenantry", arguments, environment: try RunningHost.environment(database)).finish()
                        }
                        #expect(status == 0, "\(printed)")
                        return try JSON.read(Array(printed.utf8)).array ?? []
                    }
                    let handlers = try await ask("tenant", "usage", "tenant-\(index + 1)", "--json")
                    let used = try #require(handlers.first { $0["handler"] == "probe" })
                    // The log of who did what is sealed on the tenant's account, too, though no client asked for that.
                    let sealed = try #require(handlers.first { $0["handler"] == "audit" })
                    #expect(try #require(sealed["jobs"]?.integer) > 0 && sealed["jobs"] == sealed["invocations"])
                    let months = try await ask("plan", "usage", "tenant-\(index + 1)", "--by", "month", "--json")
                    for name in ["invocations", "jobs", "errors", "cpu_us", "database_us", "rows", "database_bytes", "request_bytes", "answer_bytes"]
                    {
                        func total(_ parts: [JSONValue]) throws -> Int64 { try parts.reduce(0) { try $0 + #require($1[name]?.integer) } }
                        #expect(try total(months) == total(handlers), "the history adds up to the same: \(name)")
                    }
                    let expected: [(String, Int64)] = [
                        ("invocations", sum.invocations), ("jobs", 0), ("errors", sum.errors), ("cpu_us", sum.cpu), ("database_us", sum.database),
                        ("rows", sum.rows), ("database_bytes", sum.bytes), ("request_bytes", sum.request), ("answer_bytes", sum.answer),
                    ]
                    for (name, value) in expected { #expect(used[name] == .integer(value), "\(name): \(used)") }
                    #expect(sum.invocations == 12 && sum.errors == 3 && sum.cpu > 0 && sum.database > 0 && sum.rows >= 3)
                }
            }
        }

        @Test("a stream, and a call whose client has gone, are metered too") func gone() async throws {
            let member = try await Member.make()
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let token = try host.token(member)
                #expect(try await host.get("/probe/counter?to=1000", token: token).status == 200)
                let socket = try await host.connect()
                try await Blocking.run { _ = try socket.send(RunningHost.head("GET", "/probe/pg_sleep?milliseconds=60000", token: token)) }
                try await host.eventually("it runs") {
                    try await database.query(
                        "select count(*) from pg_stat_activity where datname = current_database() and usename = $1 and state = 'active'",
                        [.text("\(database.prefix)_h_probe")])[0]
                        .int64(0) == 1
                }
                socket.drop(abruptly: true)
                try await host.eventually("it is over") { try await host.get("/health/ready").json["handlers"]?["probe"]?["in_flight"] == 0 }
                host.program.signal(SIGTERM)
                #expect(try await Blocking.run { host.program.end() } == 0)
                let row = try await database.query(
                    "select sum(invocations)::int8, sum(errors)::int8, sum(answer_bytes)::int8, sum(database_us)::int8, sum(cpu_us)::int8 from tenancy.usage"
                )[0]
                #expect(try row.int64(0) == 2 && row.int64(1) == 1 && row.int64(2) == 3893)
                #expect(try row.int64(3) > 0 && row.int64(4) > 0)
            }
        }
    }
}
