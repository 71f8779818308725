import Kernel
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Turns", .testDatabase) struct Turns {
        private static func figure(_ name: String, _ host: RunningHost) async throws -> Int64 {
            try await host.get("/health/ready").json["handlers"]?["probe"]?[name]?.integer ?? -1
        }

        private static func options(wait: String) -> RunningHost.Options {
            var options = RunningHost.Options()
            options.environment = ["TENANTRY_HEAVY_CALLS": "1", "TENANTRY_QUEUE_WAIT": wait]
            return options
        }

        @Test("pitfall 38: a tenant with many slow queries waits for itself; another's calls go through") func slowTenant() async throws {
            let greedy = try await Member.make(1)
            let other = try await Member.make(2)
            try await RunningHost.run(Self.options(wait: "60s")) { host in
                let (token, otherToken) = (try host.token(greedy), try host.token(other))
                // What such a call costs is known after the first.
                #expect(try await host.get("/probe/pg_sleep?milliseconds=100", token: token).status == 204)
                #expect(try await host.get("/probe/entries", token: otherToken).status == 200)
                let slow = RunningHost.head("GET", "/probe/pg_sleep?milliseconds=3000", token: token)
                var crowd: [RawSocket] = []
                for _ in 0..<60 {
                    let socket = try await host.connect()
                    try socket.send(slow)
                    crowd.append(socket)
                }
                try await host.eventually("the crowd waits") {
                    _ = try await host.get("/probe/entries", token: otherToken)
                    return try await Self.figure("waiting", host) >= 50
                }
                for _ in 0..<50 { #expect(try await host.get("/probe/entries", token: otherToken).status == 200) }
                #expect(try await Self.figure("heavy", host) <= 2)
                #expect(try await Self.figure("waiting", host) >= 50, "the other's fifty calls took fewer turns than the crowd's")
                for socket in crowd { socket.drop() }
                try await host.eventually("whoever went has left the queue") { try await Self.figure("waiting", host) == 0 }
                try await host.eventually("and gave its permit back") { try await Self.figure("heavy", host) == 0 }
                #expect(try await host.get("/probe/pg_sleep?milliseconds=1", token: token).status == 204)
            }
        }

        @Test("a call that waits for too long is refused with the time to come back") func bounded() async throws {
            let greedy = try await Member.make(1)
            let other = try await Member.make(2)
            try await RunningHost.run(Self.options(wait: "100ms")) { host in
                let token = try host.token(greedy)
                #expect(try await host.get("/probe/pg_sleep?milliseconds=100", token: token).status == 204)
                #expect(try await host.get("/probe/entries", token: try host.token(other)).status == 200)
                let answers = try await withThrowingTaskGroup { group in
                    for _ in 0..<10 { group.addTask { try await host.get("/probe/pg_sleep?milliseconds=1000", token: token) } }
                    return try await group.reduce(into: [HTTPAnswer]()) { $0.append($1) }
                }
                let refused = answers.filter { $0.status == 429 }
                #expect(!refused.isEmpty && answers.contains { $0.status == 204 })
                for answer in refused {
                    #expect(answer.errorCode == "TOO_MANY_REQUESTS")
                    #expect(answer["retry-after"] == "1")
                }
            }
        }

        @Test("the weight of a tenant is changed by a command") func weight() async throws {
            _ = try await Member.make(1)
            let database = try TestDatabase.current
            func tenantry(_ arguments: String...) async throws -> (status: Int32, printed: String) {
                let result = try await Blocking.run {
                    try ChildProgram("tenantry", arguments, environment: try RunningHost.environment(database)).finish()
                }
                return (result.status, "\(result.printed)")
            }
            let changed = try await tenantry("tenant", "weight", "tenant-1", "300", "--json")
            #expect(changed.status == 0, "\(changed.printed)")
            #expect(changed.printed.contains("\"weight\":300") || changed.printed.contains("\"weight\" : 300"))
            #expect(try await tenantry("tenant", "weight", "tenant-1", "0").status != 0)
            #expect(try await tenantry("tenant", "weight", "nobody", "5").status != 0)
            #expect(try await tenantry("tenant", "show", "tenant-1").printed.contains("300"))
        }
    }
}
