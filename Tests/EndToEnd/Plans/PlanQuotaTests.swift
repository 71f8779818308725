import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// What a plan allows, as a client sees it: refused by the handler's transaction, refused by the gateway, and let in again.
    @Suite("Plans", .testDatabase) struct PlanQuotas {
        /// A tenant on a plan of its own with a business, and `limits` as SQL sets them.
        private struct Shop: Sendable {
            let member: Member
            let business: UUID
            let host: RunningHost
            let token: String

            static func make(_ number: Int, _ limits: String, _ host: RunningHost) async throws -> Shop {
                let database = try TestDatabase.current
                let plan = "shop_\(number)"
                try await database.execute(
                    "insert into tenancy.plans (name, title) values ('\(plan)', 'Shop'); update tenancy.plans set \(limits) where name = '\(plan)'")
                let tenant = try await database.tenant(number, plan: plan)
                let member = try await Member.join(tenant, number: number, role: .owner)
                return Shop(member: member, business: try await member.business(number), host: host, token: try host.token(member))
            }

            /// A file of so many days from a day on, each with two numbers.
            func upload(_ days: Int, from first: Int = 0, columns: [String] = ["sales", "costs"]) async throws -> HTTPAnswer {
                var text = (["date"] + columns).joined(separator: ",") + "\n"
                for day in first..<first + days {
                    let date = Timestamp(seconds: Int64(15_000 + day) * 86_400).description.prefix(10)
                    text += ([String(date)] + columns.indices.map { "\(day + $0)" }).joined(separator: ",") + "\n"
                }
                return try await host.request(
                    "POST", "/data/upload?business_id=\(business)", token: token, headers: [("content-type", "text/csv")], body: Array(text.utf8))
            }

            /// What is used and what is there, of rows and KPIs.
            func counted() async throws -> [Int64] {
                let row = try await TestDatabase.current.query(
                    """
                    select (select used from tenancy.quotas($1) where metric = 'rows'), (select count(*) from app.kpi_data where tenant_id = $1),
                        (select used from tenancy.quotas($1) where metric = 'kpis'), (select count(*) from app.kpi_sources where tenant_id = $1),
                        (select used from tenancy.quotas($1) where metric = 'uploads')
                    """, [.id(member.tenant)])[0]
                return try (0..<5).map { try row.int64($0) }
            }
        }

        private static func details(_ answer: HTTPAnswer) throws -> JSONValue? { try answer.json["error"]?["details"] }

        /// Refused by the gateway, which asked no process.
        private static func isEarly(_ answer: HTTPAnswer) -> Bool { answer.status == 402 && answer["server-timing"]?.contains("handler;") == false }

        /// Until the gateway's directory is listening: what it remembers before that, it reads anew.
        private func listens(_ host: RunningHost) async throws {
            try await host.eventually("changes are heard") { try await host.get("/health/ready").text.contains(#""directory":"ok""#) }
        }

        @Test("a file beyond the plan's bytes is not kept, in one piece or in several; what is removed makes room, and no byte counts twice")
        func bytes() async throws {
            try await RunningHost.run { host in
                try await listens(host)
                let shop = try await Shop.make(1, "stored_bytes = 1000", host)
                func used() async throws -> Int64 {
                    try await TestDatabase.current.query(
                        "select used from tenancy.quotas($1) where metric = 'stored_bytes'", [.id(shop.member.tenant)])[0].int64(0)
                }
                func keep(_ text: String) async throws -> HTTPAnswer {
                    try await host.request(
                        "POST", "/files/upload", token: shop.token, headers: [("content-type", "application/octet-stream")], body: Array(text.utf8))
                }
                func piece(_ path: String, _ offset: Int, _ count: Int) async throws -> HTTPAnswer {
                    try await host.request(
                        "PATCH", path, token: shop.token,
                        headers: [("tus-resumable", "1.0.0"), ("upload-offset", "\(offset)"), ("content-type", "application/offset+octet-stream")],
                        body: [UInt8](repeating: UInt8(ascii: "7"), count: count))
                }
                let first = try await keep("day;sales\n" + String(repeating: "2026-01-01;1\n", count: 50))
                #expect(first.status == 202, "\(first.text)")
                #expect(try await used() == 660)
                let refused = try await keep("day;costs\n" + String(repeating: "2026-01-01;1\n", count: 50))
                #expect(refused.status == 402 && refused.errorCode == "QUOTA_EXCEEDED", "\(refused.text)")
                #expect(try Self.details(refused) == ["limit": "stored_bytes", "allowed": 1000, "used": 660, "plan": "shop_1", "resets_at": .null])
                #expect(try await used() == 660)
                let begun = try await host.request(
                    "POST", "/files/resumable", token: shop.token, headers: [("tus-resumable", "1.0.0"), ("upload-length", "900")])
                let path = try #require(begun["location"])
                #expect(try await piece(path, 0, 300).status == 204)
                #expect(try await piece(path, 300, 600).status == 402)
                #expect(try await used() == 960)
                #expect(try await host.request("DELETE", "/files/\(try first.json["id"]?.string ?? "")", token: shop.token).status == 204)
                #expect(try await used() == 300)
                // Whole, it takes the place of its pieces.
                let last = try await piece(path, 300, 600)
                #expect(last.status == 204, "\(last.text)")
                #expect(try await used() == 900)
                try await TestDatabase.current.execute("delete from tenancy.tenants where id = '\(shop.member.tenant)'")
            }
        }

        @Test("an upload beyond the plan's rows stores nothing and says which limit; one that fits fills it; then the gateway refuses at once")
        func rows() async throws {
            try await RunningHost.run { host in
                try await listens(host)
                let shop = try await Shop.make(1, "rows = 20000, kpis = 2", host)
                #expect(try await shop.upload(100).status == 201)
                let bulk = try await shop.upload(10_000)
                #expect(bulk.status == 201, "\(bulk.text)")
                #expect(try await shop.counted() == [20_000, 20_000, 2, 2, 2])
                try await host.eventually("the gateway knows") { Self.isEarly(try await shop.upload(1, from: 60_000)) }
                let refused = try await shop.upload(1, from: 60_000)
                #expect(refused.status == 402 && refused.errorCode == "QUOTA_EXCEEDED")
                #expect(try Self.details(refused) == ["limit": "rows", "allowed": 20_000, "used": 20_000, "plan": "shop_1", "resets_at": .null])
                #expect(try await shop.counted() == [20_000, 20_000, 2, 2, 2])
            }
        }

        @Test("a bulk upload that ends above the limit leaves nothing behind, neither values nor KPIs nor its own count")
        func bulk() async throws {
            try await RunningHost.run { host in
                let shop = try await Shop.make(1, "rows = 60000", host)
                #expect(try await shop.upload(1000).status == 201)
                #expect(try await shop.counted() == [2000, 2000, 2, 2, 1])
                // Its first batch fits, its second does not.
                let refused = try await shop.upload(30_000, columns: ["a", "b", "c"])
                #expect(refused.status == 402 && refused.errorCode == "QUOTA_EXCEEDED")
                #expect(try Self.details(refused)?["used"] == 2000)
                #expect(try await shop.counted() == [2000, 2000, 2, 2, 1])
                let kept = try await shop.upload(1000)
                #expect(try kept.status == 201 && kept.json["values_stored"] == 0, "the same file again changes nothing, and is an upload")
                #expect(try await shop.counted() == [2000, 2000, 2, 2, 2])
                let gone = try await host.request("DELETE", "/businesses/\(shop.business)", token: shop.token)
                #expect(gone.status == 204)
                #expect(try await shop.counted() == [0, 0, 0, 0, 2])
            }
        }

        @Test("asvs-34: of fifty uploads at once no more pass than the plan allows and were in flight; each that passed is counted, no other")
        func fifty() async throws {
            try await RunningHost.run { host in
                try await listens(host)
                let shop = try await Shop.make(1, "uploads_per_month = 11", host)
                // Makes the KPIs, for which the others would wait for each other.
                #expect(try await shop.upload(3).status == 201)
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 1...50 {
                        group.addTask {
                            let answer = try await shop.upload(3, from: number * 10)
                            if answer.status == 402 {
                                #expect(answer.errorCode == "QUOTA_EXCEEDED")
                                #expect(try Self.details(answer)?["limit"] == "uploads_per_month")
                            }
                            return answer.status
                        }
                    }
                    return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
                }
                let passed = statuses[201] ?? 0
                #expect(passed + (statuses[402] ?? 0) == 50, "\(statuses)")
                // Two processes of the handler, four connections each.
                #expect((10...17).contains(passed), "\(statuses)")
                #expect(try await shop.counted() == [Int64(passed * 6 + 6), Int64(passed * 6 + 6), 2, 2, Int64(passed + 1)])
                try await host.eventually("the gateway knows") { Self.isEarly(try await shop.upload(1)) }
                let reset = try await shop.upload(1)
                let end = try await TestDatabase.current.query("select date_trunc('month', now(), 'UTC') + interval '1 month'")[0].timestamp(0)
                #expect(try Self.details(reset)?["resets_at"]?.string == end.description)
            }
        }

        @Test("a larger plan opens again at once, in a gateway that runs; one whose month is over is not asked for")
        func upgrade() async throws {
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                try await listens(host)
                let shop = try await Shop.make(1, "uploads_per_month = 1", host)
                #expect(try await shop.upload(1).status == 201)
                #expect(try await shop.upload(1).status == 402)
                let changed = try await Blocking.run {
                    try ChildProgram(
                        "tenantry", ["plan", "set", "tenant-1", "pro", "--reason", "they paid"], environment: try RunningHost.environment(database)
                    ).finish()
                }
                #expect(changed.status == 0, "\(changed.printed)")
                try await host.eventually("the plan is heard of") { try await shop.upload(1).status == 201 }
            }
        }

        @Test("invitations are refused where no place is left, and who accepts one that came before it hears why")
        func members() async throws {
            try await RunningHost.run { host in
                try await listens(host)
                let shop = try await Shop.make(1, "members = 2", host)
                func invite(_ email: String) async throws -> HTTPAnswer {
                    try await host.post("/invitations", token: shop.token, json: ["email": .string(email), "role": "viewer"])
                }
                #expect(try await invite("ann@example.test").status == 201)
                _ = try await Member.join(shop.member.tenant, number: 2, role: .viewer)
                try await host.eventually("the gateway knows") { try await invite("bob@example.test").status == 402 }
                let refused = try await invite("bob@example.test")
                #expect(try Self.details(refused) == ["limit": "members", "allowed": 2, "used": 2, "plan": "shop_1", "resets_at": .null])
            }
        }

        @Test("the plan's calls a minute: 429 that names plan and limit and says when; TENANTRY_RATE_TENANT=off lets all in")
        func calls() async throws {
            var options = RunningHost.Options()
            options.environment["TENANTRY_RATE_TENANT"] = "plan"
            let small = try await RunningHost.run(options) { host in
                let small = try await Shop.make(1, "calls_per_minute = 5", host)
                let large = try await Shop.make(2, "calls_per_minute = null", host)
                let before = TimeSource.system.now()
                var refused: HTTPAnswer?
                for _ in 0..<20 where refused == nil {
                    let answer = try await host.get("/businesses", token: small.token)
                    if answer.status != 200 { refused = answer }
                }
                let answer = try #require(refused)
                #expect(answer.status == 429 && answer.errorCode == "RATE_LIMITED")
                let details = try #require(try Self.details(answer))
                #expect(details["limit"] == "calls_per_minute" && details["allowed"] == 5 && details["plan"] == "shop_1")
                let resets = try #require(details["resets_at"]?.string.flatMap { Timestamp($0) })
                #expect(resets > before && resets <= TimeSource.system.now() + .seconds(14))
                #expect(answer["retry-after"].flatMap { Int($0) }.map { (1...12).contains($0) } == true)
                #expect(answer["ratelimit-policy"] == "\"plan\";q=5;w=60")
                for _ in 0..<20 { #expect(try await host.get("/businesses", token: large.token).status == 200) }
                return small.member
            }
            try await RunningHost.run { host in
                let token = try host.token(small)
                for _ in 0..<20 { #expect(try await host.get("/businesses", token: token).status == 200) }
            }
        }

        @Test("plan list, create, change, set, usage: by the command, with exit codes that say what was wrong")
        func command() async throws {
            let database = try TestDatabase.current
            _ = try await database.tenant(1, plan: "free")
            func plan(_ arguments: String...) async throws -> (status: Int32, printed: String) {
                try await Blocking.run {
                    try ChildProgram("tenantry", ["plan"] + arguments, environment: try RunningHost.environment(database)).finish()
                }
            }
            let listed = try await plan("list", "--json")
            #expect(try JSON.read(Array(listed.printed.utf8)).array?.compactMap { $0["name"]?.string } == ["free", "pro", "enterprise"])
            let made = try await plan("create", "acme", "--title", "Acme", "--price", "99000", "--limit", "rows=5", "--limit", "members=9", "--json")
            #expect(made.status == 0, "\(made.printed)")
            let acme = try JSON.read(Array(made.printed.utf8))
            #expect(acme["limits"]?["rows"] == 5 && acme["limits"]?["members"] == 9 && acme["is_public"] == false && acme["price_minor"] == 99_000)
            #expect(try await plan("create", "acme").status == 73)
            #expect(try await plan("create", "Acme").status == 65)
            #expect(try await plan("change", "acme", "--limit", "rows=none", "--limit", "kpis=3", "--mfa-required").status == 0)
            let shown = try await plan("show", "acme", "--json")
            let changed = try JSON.read(Array(shown.printed.utf8))
            #expect(
                changed["limits"]?["rows"] == nil && changed["limits"]?["kpis"] == 3 && changed["mfa_required"] == true && changed["title"] == "Acme")
            for limit in ["rows", "rows=x", "gold=1", "members=0"] {
                #expect(try await plan("change", "acme", "--limit", limit).status == 65, "\(limit)")
            }
            #expect(try await plan("show", "gold").status == 66)
            #expect(try await plan("set", "tenant-1", "gold").status == 66)
            #expect(try await plan("set", "nobody", "acme").status == 66)
            let set = try await plan("set", "tenant-1", "acme", "--reason", "agreed", "--json")
            #expect(try JSON.read(Array(set.printed.utf8))["plan"] == "acme")
            let used = try await plan("usage", "tenant-1", "--json")
            let uses = try #require(try JSON.read(Array(used.printed.utf8)).array)
            #expect(uses.count == 8 && uses[0]["limit"] == "kpis" && uses[0]["allowed"] == 3 && uses[0]["used"] == 0)
            #expect(try await plan("usage", "tenant-1", "--by", "month", "--json").printed.hasPrefix("[]"))
            #expect(try await plan("usage", "tenant-1", "--by", "week").status == 65)
            #expect(try await plan("usage", "tenant-1", "--by", "day", "--since", "yesterday").status == 65)
        }
    }
}
