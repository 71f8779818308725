import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Recordings", .testDatabase) struct Recordings {
        private func tenantry(_ arguments: [String]) async throws -> (status: Int32, printed: String) {
            let database = try TestDatabase.current
            return try await Blocking.run {
                try ChildProgram("tenantry", ["invocation"] + arguments, environment: try RunningHost.environment(database)).finish()
            }
        }

        private func stored(_ request: String) async throws -> Int {
            try await TestDatabase.current.query("select 1 from tenancy.recordings where request_id = $1", [.text(request)]).count
        }

        /// A member whose tenant has an entry on which a route fails, and the failed request.
        private func fail(_ host: RunningHost, _ token: String, query: String = "", request: String) async throws {
            let failed = try await host.get("/probe/recite\(query)", token: token, headers: [("x-request-id", request)])
            #expect(failed.status == 500, "\(failed.text)")
            try await host.eventually("it is recorded") { try await stored(request) == 1 }
        }

        @Test("a failed call is replayed without its database: the same failure, identifiers and times, also when the rows have changed")
        func replay() async throws {
            let member = try await Member.make()
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let token = try host.token(member)
                for (number, text) in [(1, "good"), (2, "bad")] {
                    #expect(
                        try await host.post("/probe/entries", token: token, json: ["number": .integer(Int64(number)), "text": .string(text)]).status
                            == 201)
                }
                try await fail(host, token, request: "request-fails")
                _ = try await database.query("update probe.entries set text = 'mended'")
                #expect(try await host.get("/probe/recite", token: token).status == 200)
                let listed = try await tenantry(["list", "--tenant", "tenant-1"])
                #expect(listed.status == 0, "\(listed.printed)")
                #expect(listed.printed.contains("request-fails"))
                #expect(listed.printed.contains("GET /probe/recite"))
                var replayed: [JSONValue] = []
                for _ in 0..<2 {
                    let result = try await tenantry(["replay", "request-fails", "--json"])
                    #expect(result.status == 0, "\(result.printed)")
                    replayed.append(try JSON.read(Array(result.printed.utf8)))
                }
                #expect(replayed[0] == replayed[1])
                #expect(replayed[0]["code"] == "INTERNAL_ERROR")
                let detail = try JSON.read(Array((replayed[0]["detail"]?.string ?? "").utf8))
                #expect(detail["texts"] == ["good", "bad"])
                #expect(detail["last"] == 2)
                #expect(detail["streamed"] == 2)
                // The process said so when it failed; nobody else knows them.
                #expect(host.program.printed.contains(detail["id"]?.string ?? "?"))
                let shown = try await tenantry(["show", "request-fails"])
                #expect(shown.status == 0, "\(shown.printed)")
                #expect(shown.printed.contains("read probe.entries: 2 rows"))
            }
        }

        @Test("secrets are not stored, what is stored cannot be read, and a replay that ends otherwise says so") func sealed() async throws {
            let member = try await Member.make()
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let token = try host.token(member)
                #expect(try await host.post("/probe/entries", token: token, json: ["number": 1, "text": "bad"]).status == 201)
                try await fail(host, token, query: "?token=sesame-open", request: "request-secret")
                let shown = try await tenantry(["show", "request-secret"])
                #expect(shown.printed.contains("token=%5Bredacted%5D"), "\(shown.printed)")
                #expect(!shown.printed.contains("sesame"))
                // The message tells the secret's length, which the recording does not have any more.
                let other = try await tenantry(["replay", "request-secret"])
                #expect(other.status == 1, "\(other.printed)")
                #expect(other.printed.contains("A token of 10 characters"))
                #expect(other.printed.contains("different"))
                #expect(other.printed.contains("without query.token"))
                let bytes = try await database.query("select sealed from tenancy.recordings")[0].bytes(0)
                #expect(!String(decoding: bytes, as: UTF8.self).contains("probe"))
                let error = await #expect(throws: PostgresError.self) {
                    _ = try await database.client(role: "host").withConnection(deadline: .after(.seconds(10))) {
                        try await $0.query("select sealed from tenancy.recordings")
                    }
                }
                #expect(error?.sqlState == "42501")
                // Moved to another tenant it opens for nobody.
                let second = try await database.tenant(2)
                _ = try await database.query("update tenancy.recordings set tenant_id = $1", [.id(second)])
                #expect(try await tenantry(["show", "request-secret"]).status == 77)
            }
        }

        @Test("what died is recorded as evidence and cannot be replayed; what is unknown is not there; refused calls leave nothing") func others()
            async throws
        {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                #expect(try await host.get("/probe/fail/not_found", token: token, headers: [("x-request-id", "request-404")]).status == 404)
                #expect(try await host.get("/probe/fail/unknown", token: token, headers: [("x-request-id", "request-500")]).status == 500)
                #expect(try await host.get("/probe/trap?index=7", token: token, headers: [("x-request-id", "request-trap")]).status == 502)
                try await host.eventually("both are recorded") {
                    let counts = (try await stored("request-500"), try await stored("request-trap"))
                    return counts.0 == 1 && counts.1 >= 1
                }
                #expect(try await stored("request-404") == 0)
                let trap = try await tenantry(["replay", "request-trap"])
                #expect(trap.status == 65)
                #expect(trap.printed.contains("its process died"), "\(trap.printed)")
                #expect(try await tenantry(["show", "request-trap"]).printed.contains("index=7"))
                #expect(try await tenantry(["replay", "request-500"]).status == 0)
                #expect(try await tenantry(["replay", "request-nowhere"]).status == 66)
                #expect(try await tenantry(["replay", "request-500", "--program", "dashboards-handler"]).status == 66)
            }
        }

        @Test("recordings of more than seven days go at the start, those past the newest two hundred of a tenant with the next one") func bounded()
            async throws
        {
            let member = try await Member.make()
            let database = try TestDatabase.current
            func insert(_ count: Int64, days: Int64, _ handler: String) async throws {
                _ = try await database.query(
                    """
                    insert into tenancy.recordings (tenant_id, invocation_id, handler, route, request_id, ending, status, code, recorded_at, sealed)
                    select $1, gen_random_uuid(), $4, '', '', 'failed', 500, '', now() - make_interval(days => $3::int) - make_interval(secs => n), ''
                    from generate_series(1, $2) as n
                    """, [.id(member.tenant), .int64(count), .int64(days), .text(handler)])
            }
            func count(_ handler: String) async throws -> Int {
                try await database.query("select 1 from tenancy.recordings where handler = $1", [.text(handler)]).count
            }
            try await insert(3, days: 8, "old")
            try await insert(205, days: 1, "many")
            try await RunningHost.run { host in
                try await host.eventually("the old ones are gone") { try await count("old") == 0 }
                #expect(try await count("many") == 205)
                let token = try host.token(member)
                #expect(try await host.get("/probe/fail/unknown", token: token, headers: [("x-request-id", "request-new")]).status == 500)
                try await host.eventually("it is recorded, and the oldest are gone") {
                    let counts = (try await stored("request-new"), try await count("many"))
                    return counts.0 == 1 && counts.1 == 199
                }
            }
        }
    }
}
