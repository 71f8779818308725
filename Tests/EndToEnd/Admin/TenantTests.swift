import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Tenants from their making to their end, by operators.
    @Suite("Tenants by operators", .testDatabase) struct AdminTenants {
        private struct Place {
            let host: RunningHost
            let database: TestDatabase
            let token: String
            let admin: Member

            func create(_ body: JSONObject) async throws -> HTTPAnswer {
                try await host.send("POST", "/admin/tenants", token: token, json: .object(body))
            }

            func get(_ path: String) async throws -> HTTPAnswer { try await host.get(path, token: token) }

            func issues(_ answer: HTTPAnswer) throws -> [String] {
                try answer.json["error"]?["errors"]?.array?.compactMap { $0["field"]?.string } ?? []
            }
        }

        private func world(_ body: (Place) async throws -> Void) async throws {
            let database = try TestDatabase.current
            let admin = try await Member.make(1)
            try await admin.appoint(.admin)
            try await RunningHost.run { host in
                try await body(Place(host: host, database: database, token: try host.operatorToken(admin.user), admin: admin))
            }
        }

        @Test("a tenant comes with plan, owner, businesses, region and time zone, and its record") func create() async throws {
            try await world { place in
                let owner = try await Member.make(2)
                let answer = try await place.create([
                    "slug": "acme", "name": "Acme GmbH", "plan": "pro", "region": "eu-1", "time_zone": "Europe/Berlin",
                    "owner": ["user_id": .string("\(owner.user)")],
                    "businesses": [["name": "Bakery", "industry": "food"], ["name": "Mill", "location": "Hamburg"]],
                ])
                #expect(answer.status == 201, "\(answer.text)")
                let id = try #require(try answer.json["id"]?.string)
                let shown = try await place.get("/admin/tenants/\(id)")
                #expect(try shown.json["tenant"]?["plan"] == "pro" && shown.json["tenant"]?["region"] == "eu-1", "\(shown.text)")
                #expect(try shown.json["tenant"]?["time_zone"] == "Europe/Berlin" && shown.json["tenant"]?["status"] == "active")
                #expect(try shown.json["owners"]?[0]?["email"] == "user-2@example.test" && shown.json["owners"]?[0]?["invited"] == false)
                // The owner works there at once.
                let tenant = try #require(TenantID(id))
                let token = try place.host.token(Member(tenant: tenant, user: owner.user, role: .owner))
                let businesses = try await place.host.get("/businesses", token: token).json["businesses"]?.array ?? []
                #expect(Set(businesses.compactMap { $0["name"]?.string }) == ["Bakery", "Mill"])
                let log = try await place.host.get("/audit/events", token: token)
                #expect(log.text.contains("tenant.created") && log.text.contains("operator_admin"), "\(log.text)")
                #expect(try await place.database.events("tenant_created", of: place.admin.user) == 1)
            }
        }

        @Test("an owner who is invited gets a mail that makes them the owner once") func invited() async throws {
            try await world { place in
                let mails = try await Mails.keep(place.host)
                let answer = try await place.create(["slug": "fish", "name": "Fish Ltd", "owner": ["email": "Ann@Example.test"]])
                #expect(answer.status == 201, "\(answer.text)")
                let id = try #require(try answer.json["id"]?.string)
                #expect(try await place.get("/admin/tenants/\(id)").json["owners"]?[0]?["invited"] == true)
                let accept: JSONValue = [
                    "token": .string(try await mails.secret(to: "ann@example.test")), "name": "Ann", "password": "a tandem for two fish",
                ]
                #expect(try await place.host.post("/invitations/accept", json: accept).json["role"] == "owner")
                #expect(try await place.host.post("/invitations/accept", json: accept).status == 400)
                let owner = try await place.get("/admin/tenants/\(id)").json["owners"]?[0]
                #expect(owner?["name"] == "Ann" && owner?["invited"] == false)
                #expect(try await place.get("/admin/tenants/\(id)").json["owners"]?.array?.count == 1)
            }
        }

        @Test("what is wrong is said by field, and nothing of it is there") func faults() async throws {
            try await world { place in
                let good: JSONObject = ["slug": "acme", "name": "Acme", "owner": ["user_id": .string("\(place.admin.user)")]]
                #expect(try await place.create(good).status == 201)
                let before = try await place.database.query("select count(*) from tenancy.tenants")[0].int64(0)
                let cases: [(JSONObject, Int, String)] = [
                    (["slug": "acme"], 409, "slug"), (["slug": "Acme"], 400, "slug"), (["slug": ""], 400, "slug"), (["name": ""], 400, "name"),
                    (["name": "  "], 400, "name"), (["plan": "golden"], 400, "plan"), (["plan": "no plan"], 400, "plan"),
                    (["time_zone": "Mars/Olympus"], 400, "time_zone"), (["time_zone": "Foo/Bar+3"], 400, "time_zone"),
                    (["time_zone": "EST5EDT"], 400, "time_zone"), (["region": "EU 1"], 400, "region"), (["kind": "zoo"], 400, "kind"),
                    (["owner": [:]], 400, "owner"), (["owner": ["email": "nobody"]], 400, "owner.email"),
                    (["owner": ["email": "a@b.example", "user_id": .string("\(place.admin.user)")]], 400, "owner"),
                    (["owner": ["user_id": .string("\(UUID(high: 9, low: 9))")]], 400, "owner.user_id"),
                    (["businesses": [["name": ""]]], 400, "businesses[0].name"), (["tenant_id": "x"], 400, "tenant_id"),
                    (["businesses": .array(Array(repeating: ["name": "x"], count: 101))], 400, "businesses"),
                ]
                for (change, status, field) in cases {
                    var body = good
                    body["slug"] = "other"
                    for member in change { body[member.name] = member.value }
                    let answer = try await place.create(body)
                    #expect(try answer.status == status && place.issues(answer).contains(field), "\(change): \(answer.status) \(answer.text)")
                    #expect(!answer.text.contains("_fkey") && !answer.text.contains("tenancy."), "\(answer.text)")
                }
                #expect(try await place.database.query("select count(*) from tenancy.tenants")[0].int64(0) == before)
                for zone in ["UTC", "Etc/GMT+3", "America/Argentina/Buenos_Aires", "America/Port-au-Prince"] {
                    var body = good
                    body["slug"] = .string("zone-\(zone.utf8.count)")
                    body["time_zone"] = .string(zone)
                    #expect(try await place.create(body).status == 201, "\(zone)")
                }
                let keyed = try await place.host.request(
                    "POST", "/admin/tenants", token: place.token, headers: [("content-type", "application/json"), ("idempotency-key", "k")],
                    body: Array(JSONValue.object(good).description.utf8))
                #expect(keyed.status == 400 && keyed.text.contains("Idempotency-Key"))
            }
        }

        @Test("lists go page by page in the order of the slugs, and by status, plan, kind and word") func lists() async throws {
            try await world { place in
                try await place.database.execute(
                    """
                    insert into tenancy.tenants (id, slug, name, kind, status)
                    select gen_random_uuid(), 'list-' || lpad(n::text, 3, '0'), 'Number ' || n, case when n % 10 = 0 then 'sandbox' else 'live' end,
                        case when n % 7 = 0 then 'suspended' else 'active' end
                    from generate_series(1, 150) n
                    """)
                var seen: [String] = []
                var after: String? = ""
                while let from = after {
                    let page = try await place.get("/admin/tenants?limit=40&after=\(from)")
                    #expect(page.status == 200, "\(page.text)")
                    seen += try page.json["tenants"]?.array?.compactMap { $0["slug"]?.string } ?? []
                    after = try page.json["next"]?.string
                }
                let all = try await place.database.query("select slug from tenancy.tenants order by slug").map { try $0.text(0) }
                #expect(seen == all && Set(seen).count == 151)
                func slugs(_ query: String) async throws -> [String] {
                    try await place.get("/admin/tenants?limit=500&\(query)").json["tenants"]?.array?.compactMap { $0["slug"]?.string } ?? []
                }
                #expect(try await slugs("kind=sandbox").count == 15)
                #expect(try await slugs("status=suspended").count == 21)
                #expect(try await slugs("status=suspended&kind=sandbox") == ["list-070", "list-140"])
                #expect(try await slugs("search=LIST-01").count == 10)
                #expect(try await slugs("search=number%20149") == ["list-149"])
                #expect(try await slugs("plan=pro").isEmpty)
                for bad in ["limit=0", "limit=501", "limit=-1", "limit=abc", "status=gone", "colour=red"] {
                    #expect(try await place.get("/admin/tenants?\(bad)").status == 400, "auth-15: \(bad)")
                }
            }
        }

        @Test("a tenant is renamed, suspended, resumed, let go and kept; members notice with their next call, and each act is recorded")
        func life() async throws {
            try await world { place in
                let member = try await Member.make(2)
                let path = "/admin/tenants/\(member.tenant)"
                func works() async throws -> Int { try await place.host.get("/businesses", token: try place.host.token(member)).status }
                func act(_ method: String, _ end: String, _ body: JSONObject = [:]) async throws -> HTTPAnswer {
                    try await place.host.send(method, path + end, token: place.token, json: .object(body))
                }
                #expect(try await works() == 200)
                let renamed = try await act("PATCH", "", ["name": "Another", "slug": "another", "time_zone": "Asia/Tokyo", "weight": 250])
                #expect(try renamed.json["tenant"]?["slug"] == "another" && renamed.json["tenant"]?["weight"] == 250, "\(renamed.text)")
                #expect(try await act("PATCH", "", ["slug": "tenant-1"]).status == 409)
                #expect(try await act("PATCH", "", ["time_zone": "Mars/Olympus"]).errorCode == "VALIDATION_ERROR")
                #expect(try await act("PATCH", "").status == 400)
                #expect(try await act("POST", "/suspend", ["reason": "unpaid"]).json["tenant"]?["status"] == "suspended")
                #expect(try await works() == 403)
                #expect(try await act("POST", "/suspend").status == 200, "again changes nothing")
                #expect(try await act("POST", "/resume").json["tenant"]?["status"] == "active")
                #expect(try await works() == 200)
                #expect(try await act("POST", "/hold", ["reason": "a court asks"]).json["tenant"]?["legal_hold"] == true)
                #expect(try await act("POST", "/release").json["tenant"]?["legal_hold"] == false)
                #expect(try await act("POST", "/release").status == 200, "again changes nothing")
                #expect(try await act("POST", "/suspend").status == 200)
                let gone = try await place.host.request("DELETE", path + "?grace_days=3", token: place.token)
                let end = try #require(try gone.json["tenant"]?["delete_at"]?.string.flatMap { Timestamp($0) }, "\(gone.text)")
                #expect(abs((end - TimeSource.system.now()).milliseconds - 3 * 86_400_000) < 3_600_000)
                #expect(try await works() == 403)
                for end in ["/suspend", "/resume"] { #expect(try await act("POST", end).status == 409, "\(end)") }
                #expect(try await act("POST", "/undelete").json["tenant"]?["status"] == "suspended", "what it was before")
                #expect(try await act("POST", "/resume").status == 200)
                #expect(try await works() == 200)
                #expect(try await place.host.request("DELETE", path + "?grace_days=400", token: place.token).status == 400)
                let actions = try await place.database.query(
                    "select action from app.audit_log where tenant_id = $1 and user_id = $2 order by occurred_at, action",
                    [.id(member.tenant), .id(place.admin.user)]
                ).map { try $0.text(0) }
                #expect(
                    actions == [
                        "tenant.changed", "tenant.suspended", "tenant.resumed", "tenant.held", "tenant.released", "tenant.suspended",
                        "tenant.deleted",
                        "tenant.undeleted", "tenant.resumed",
                    ])
                #expect(try await place.database.events("tenant_suspended", of: place.admin.user) == 2)
                // What stands at its end cannot be kept any more.
                _ = try await place.database.query(
                    "update tenancy.tenants set status = 'deleting', status_before = 'active', delete_at = now() where id = $1", [.id(member.tenant)])
                #expect(try await act("POST", "/undelete").status == 409)
                for id in [UUID(high: 5, low: 5), .zero] { #expect(try await place.get("/admin/tenants/\(id)").status == 404) }
                #expect(try await place.get("/admin/tenants/acme").status == 400)
            }
        }

        @Test("usage and health of a tenant are its own; what operators do for it is not counted as its own") func figures() async throws {
            try await world { place in
                let (member, other) = (try await Member.make(2), try await Member.make(3))
                for (tenant, calls, errors) in [(member.tenant, 100, 6), (other.tenant, 7, 0)] {
                    try await place.database.execute(
                        """
                        insert into tenancy.usage (tenant_id, handler, hour, invocations, errors, cpu_us, database_us, rows, database_bytes,
                            request_bytes, answer_bytes)
                        values ('\(tenant)', 'dashboards', date_trunc('hour', now()), \(calls), \(errors), 5, 6, 7, 8, 9, 10)
                        """)
                }
                let usage = try await place.get("/admin/tenants/\(member.tenant)/usage").json["handlers"]?[0]
                #expect(usage?["invocations"] == 100 && usage?["rows"] == 7)
                let health = try await place.get("/admin/tenants/\(member.tenant)/health").json
                #expect(health["state"] == "failing" && health["errors_day"] == 6, "\(health)")
                #expect(try await place.get("/admin/tenants/\(other.tenant)/health").json["state"] == "ok")
                #expect(try await place.get("/admin/tenants/\(place.admin.tenant)/health").json["state"] == "idle")
                #expect(try await place.get("/admin/tenants/\(other.tenant)/usage?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z").status == 400)
                let counted = try await place.database.query(
                    "select count(*) from tenancy.usage where handler = 'administration' and tenant_id <> '\(UUID.zero)'")[0].int64(0)
                #expect(counted == 0)
            }
        }
    }
}
