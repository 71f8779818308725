import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Profiles, members and invitations, through the gateway.
    @Suite("People", .testDatabase) struct People {
        private func put(_ host: RunningHost, _ path: String, _ token: String, _ json: JSONValue, match: String? = nil) async throws -> HTTPAnswer {
            var headers = [("content-type", "application/json")]
            if let match { headers.append(("if-match", match)) }
            return try await host.request("PUT", path, token: token, headers: headers, body: Array(json.description.utf8))
        }

        private func delete(_ host: RunningHost, _ path: String, _ token: String) async throws -> HTTPAnswer {
            try await host.request("DELETE", path, token: token)
        }

        /// The gateway hears of changes, so that the next call knows of them.
        private func hears(_ host: RunningHost) async throws {
            try await host.eventually("changes are heard") { try await host.get("/health/ready").text.contains(#""directory":"ok""#) }
        }

        @Test("auth-17: of two editors of a profile or of preferences the second hears of the first, and undoes nothing")
        func lostUpdate() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let read = try await host.get("/users/profile", token: token)
                #expect(try read.json["name"] == "User 1")
                let tag = try #require(read["etag"])
                let input: JSONValue = ["name": "Ada", "locale": "de-AT", "time_zone": "Europe/Vienna", "avatar_url": "https://x.example/a.png"]
                let first = try await put(host, "/users/profile", token, input, match: tag)
                #expect(first.status == 200, "\(first.text)")
                #expect(first["etag"] != tag)
                let second = try await put(host, "/users/profile", token, ["name": "Eve"], match: tag)
                #expect(second.status == 412)
                #expect(second.errorCode == "PRECONDITION_FAILED")
                let kept = try await host.get("/users/profile", token: token).json
                #expect(kept["name"] == "Ada" && kept["time_zone"] == "Europe/Vienna" && kept["locale"] == "de-AT")
                #expect(try await put(host, "/users/profile", token, ["name": "Ada L."], match: first["etag"]).status == 200)

                let empty = try await host.get("/users/preferences", token: token)
                #expect(try empty.json["preferences"] == [:])
                let one = try await put(host, "/users/preferences", token, ["preferences": ["theme": "dark"]], match: empty["etag"])
                #expect(one.status == 200, "\(one.text)")
                #expect(try await put(host, "/users/preferences", token, ["preferences": [:]], match: empty["etag"]).status == 412)
                #expect(try await host.get("/users/preferences", token: token).json["preferences"]?["theme"] == "dark")
                #expect(try await put(host, "/users/preferences", token, ["preferences": ["a": 1]]).status == 200)
            }
        }

        @Test("asvs-26: what is not writable stays so; unknown members of a profile are refused by name") func writable() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let forbidden: [(String, JSONValue)] = [
                    ("id", "0190c5a4-7d3b-7c2e-9f00-2b6c1d4e5f60"), ("email", "x@y.example"), ("role", "owner"), ("tenant_id", "x"),
                    ("is_admin", true), ("created_at", "2026-01-01T00:00:00Z"), ("disabled", false), ("revision", 7),
                ]
                for (name, value) in forbidden {
                    var input: JSONObject = ["name": "Ada"]
                    input[name] = value
                    let answer = try await put(host, "/users/profile", token, .object(input))
                    #expect(answer.status == 400, "\(name)")
                    #expect(try answer.json["error"]?["details"]?["field"]?.string == name)
                }
                let bad: [(String, JSONValue)] = [
                    ("name", ""), ("name", "a\nb"), ("locale", "x"), ("locale", "de_AT"), ("time_zone", "Mars/Olympus"), ("time_zone", ""),
                    ("avatar_url", "http://x.example"), ("avatar_url", "javascript:alert(1)"), ("name", .string(String(repeating: "x", count: 201))),
                ]
                for (name, value) in bad {
                    var input: JSONObject = ["name": "Ada"]
                    input[name] = value
                    let answer = try await put(host, "/users/profile", token, .object(input))
                    #expect(answer.status == 400, "\(name) \(value)")
                    #expect(try answer.json["error"]?["details"]?["field"]?.string == name)
                }
                let large: JSONValue = ["preferences": ["x": .string(String(repeating: "x", count: 17_000))]]
                #expect(try await put(host, "/users/preferences", token, large).status == 400)
                #expect(try await put(host, "/users/preferences", token, ["preferences": [1]]).status == 400)
                #expect(try await host.get("/users/profile", token: token).json["name"] == "User 1")
            }
        }

        @Test("auth-15, auth-16: members come in pages; bad limits, cursors and unknown items are refused, and no cursor leads to another tenant")
        func pages() async throws {
            let first = try await Member.make(1)
            for number in 10..<17 { _ = try await Member.join(first.tenant, number: number, role: .viewer) }
            let other = try await Member.make(2)
            try await RunningHost.run { host in
                let token = try host.token(first)
                var found: [String] = []
                var cursor: String?
                var pages = 0
                repeat {
                    let page = try await host.get("/members?limit=3" + (cursor.map { "&cursor=\($0)" } ?? ""), token: token).json
                    found += page["items"]?.array?.compactMap { $0["email"]?.string } ?? []
                    if pages == 0 {
                        #expect(try await host.get("/members?cursor=\(page["next_cursor"]?.string ?? "")", token: host.token(other)).status == 200)
                    }
                    cursor = page["next_cursor"]?.string
                    pages += 1
                } while cursor != nil && pages < 10
                #expect(pages == 3 && found.count == 8 && Set(found).count == 8, "\(found)")
                let foreign = try await host.get("/members?limit=200", token: host.token(other)).json["items"]?.array
                #expect(foreign?.count == 1)
                for query in [
                    "limit=-1", "limit=0", "limit=201", "limit=1e9", "limit=abc", "cursor=x", "cursor=AAAA", "cursor=", "sort=password_hash",
                    "limit=1&limit=2", "cursor=" + String(repeating: "_", count: 32),
                ] { #expect(try await host.get("/members?\(query)", token: token).status == 400, "\(query)") }
            }
        }

        @Test("asvs-27: another role, and a removal, take effect on the next call") func atOnce() async throws {
            let owner = try await Member.make(1)
            let analyst = try await Member.join(owner.tenant, number: 5, role: .analyst)
            try await RunningHost.run { host in
                try await hears(host)
                let token = try host.token(owner)
                let theirs = try host.token(analyst)
                #expect(try await host.get("/members", token: theirs).status == 200)
                let changed = try await put(host, "/members/\(analyst.user)", token, ["role": "viewer"])
                #expect(changed.status == 200, "\(changed.text)")
                try await host.eventually("the old token is refused") { try await host.get("/members", token: theirs).status == 401 }
                let fresh = try host.token(analyst, epoch: 2)
                #expect(try await host.get("/members", token: fresh).status == 200)
                #expect(try await delete(host, "/members/\(analyst.user)", token).status == 204)
                try await host.eventually("removed") { try await host.get("/members", token: fresh).errorCode == "FORBIDDEN" }
                #expect(try await delete(host, "/members/\(analyst.user)", token).status == 404)
                let lines = try await TestDatabase.current.query("select action, target_id from app.audit_log order by occurred_at")
                #expect(try lines.map { try $0.text(0) } == ["member.role_changed", "member.removed"])
                #expect(try lines.allSatisfy { try $0.text(1) == "\(analyst.user)" })
            }
        }

        @Test("only owners make, demote or remove owners; who is no administrator gives no more than they hold") func owners() async throws {
            let owner = try await Member.make(1)
            let admin = try await Member.join(owner.tenant, number: 5, role: .admin)
            let viewer = try await Member.join(owner.tenant, number: 6, role: .viewer)
            let stranger = try await Member.make(2)
            try await RunningHost.run { host in
                let token = try host.token(admin)
                for role in ["owner"] {
                    #expect(try await put(host, "/members/\(viewer.user)", token, ["role": .string(role)]).status == 403)
                    #expect(try await put(host, "/members/\(admin.user)", token, ["role": .string(role)]).status == 403)
                    #expect(try await host.post("/invitations", token: token, json: ["email": "x@y.example", "role": .string(role)]).status == 403)
                }
                #expect(try await put(host, "/members/\(owner.user)", token, ["role": "viewer"]).status == 403)
                #expect(try await delete(host, "/members/\(owner.user)", token).status == 403)
                #expect(try await put(host, "/members/\(viewer.user)", token, ["role": "no-such-role"]).status == 400)
                #expect(try await put(host, "/members/\(stranger.user)", token, ["role": "viewer"]).status == 404)
                #expect(try await delete(host, "/members/\(stranger.user)", token).status == 404)
                #expect(try await put(host, "/members/\(viewer.user)", host.token(viewer), ["role": "admin"]).status == 403)
                #expect(try await put(host, "/members/\(viewer.user)", host.token(owner), ["role": "owner"]).status == 200)
                #expect(try await TestDatabase.current.query("select count(*) from tenancy.memberships where role = 'owner'")[0].int64(0) == 3)
            }
        }

        @Test("auth-08: the last owner cannot leave, be demoted or removed; of twenty tries at once by two owners one stays") func lastOwner()
            async throws
        {
            let owner = try await Member.make(1)
            let second = try await Member.join(owner.tenant, number: 5, role: .owner)
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let tokens = [try host.token(owner), try host.token(second)]
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for index in 0..<20 {
                        group.addTask {
                            let token = tokens[index % 2]
                            return switch index % 4 {
                            case 0, 1: try await delete(host, "/members/me", token).status
                            case 2: try await put(host, "/members/\(owner.user)", token, ["role": "viewer"]).status
                            default: try await put(host, "/members/\(second.user)", token, ["role": "admin"]).status
                            }
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(statuses.contains(409) || statuses.contains(401) || statuses.contains(403), "\(statuses)")
                let left = try await database.query("select user_id from tenancy.memberships where role = 'owner'")
                #expect(left.count == 1)
                let last = try UserID(left[0].uuid(0))
                let epoch = try await database.query("select epoch from tenancy.memberships where user_id = $1", [.id(last)])[0].int64(0)
                let token = try host.token(last == owner.user ? owner : second, epoch: Int(epoch))
                let refused = try await delete(host, "/members/me", token)
                #expect(refused.status == 409)
                #expect(refused.errorCode == "CONFLICT")
                #expect(try await delete(host, "/members/\(last)", token).status == 409)
                #expect(try await put(host, "/members/\(last)", token, ["role": "admin"]).status == 409)
            }
        }

        @Test("an invitation is listed without its secret, taken back, and replaced by a second one for the address") func invitations() async throws
        {
            let owner = try await Member.make(1)
            _ = try await Member.make(2)
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let token = try host.token(owner)
                func invite(_ email: String, _ role: String = "viewer") async throws -> HTTPAnswer {
                    try await host.post("/invitations", token: token, json: ["email": .string(email), "role": .string(role)])
                }
                // The same answer for an address with an account elsewhere and for nobody's.
                let known = try await invite("User-2@example.test")
                let unknown = try await invite("nobody@example.test")
                #expect(known.status == 201 && unknown.status == 201, "\(known.text)")
                #expect(try known.json["email"] == "user-2@example.test")
                #expect(try known.json.object?.map(\.name) == unknown.json.object?.map(\.name))
                #expect(try await invite("user-1@example.test").status == 409)
                #expect(try await invite("no address").status == 400)
                #expect(try await invite("nobody@example.test", "no-such-role").status == 400)
                let again = try await invite("nobody@example.test", "analyst")
                let list = try await host.get("/invitations", token: token).json["items"]?.array ?? []
                #expect(
                    Set(list.compactMap { $0["id"]?.string }) == Set([try known.json["id"]?.string, try again.json["id"]?.string].compactMap(\.self)))
                #expect(try await database.query("select count(*) from identity.mail_outbox where template = 'invitation'")[0].int64(0) == 3)
                let id = try #require(try known.json["id"]?.string)
                #expect(try await delete(host, "/invitations/\(id)", token).status == 204)
                #expect(try await delete(host, "/invitations/\(id)", token).status == 404)
                #expect(try await delete(host, "/invitations/\(try unknown.json["id"]?.string ?? "")", token).status == 404)
                let actions = try await database.query("select action, count(*) from app.audit_log group by 1 order by 1")
                #expect(try actions.map { "\(try $0.text(0)) \(try $0.int64(1))" } == ["invitation.created 3", "invitation.revoked 1"])
            }
        }

        @Test("owners alone require a second factor of all, and only with one of their own; then everybody's next call asks anew") func required()
            async throws
        {
            let owner = try await Member.make(1)
            let admin = try await Member.join(owner.tenant, number: 5, role: .admin)
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                try await hears(host)
                let token = try host.token(owner)
                #expect(try await host.get("/tenant/security", token: token).json["mfa_required"] == false)
                #expect(try await put(host, "/tenant/security", host.token(admin), ["mfa_required": true]).status == 403)
                #expect(try await put(host, "/tenant/security", token, ["mfa_required": true]).status == 409)
                _ = try await database.query(
                    "insert into identity.totp_factors (user_id, secret, confirmed_at) values ($1, decode(repeat('00', 40), 'hex'), now())",
                    [.id(owner.user)])
                #expect(try await put(host, "/tenant/security", token, ["mfa_required": true]).status == 200)
                try await host.eventually("old tokens are refused") { try await host.get("/members", token: token).status == 401 }
                #expect(try await host.get("/tenant/security", token: host.token(owner, epoch: 2)).json["mfa_required"] == true)
            }
        }
    }
}
