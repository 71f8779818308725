import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Tenants' own roles", .testDatabase) struct Roles {
        private func put(_ host: RunningHost, _ name: String, _ token: String, _ scopes: [JSONValue]) async throws -> HTTPAnswer {
            try await host.request(
                "PUT", "/roles/\(name)", token: token, headers: [("content-type", "application/json")],
                body: Array(JSONValue.object(["scopes": .array(scopes)]).description.utf8))
        }

        @Test("made, read, replaced, deleted; what is wrong is named by its field") func life() async throws {
            let owner = try await Member.make()
            let viewer = try await Member.join(owner.tenant, number: 2, role: .viewer)
            let stranger = try await Member.make(3)
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let token = try host.token(owner)
                let made = try await host.post(
                    "/roles", token: token, json: ["name": "support", "description": "Helps", "scopes": ["businesses:read", "data:*"]])
                #expect(made.status == 201, "\(made.text)")
                #expect(try made.json["built_in"] == false && made.json["members"] == 0 && made.json["description"] == "Helps")
                let names = try await host.get("/roles", token: token).json["roles"]?.array?.compactMap { $0["name"]?.string }
                #expect(names == ["viewer", "analyst", "admin", "owner", "support"])
                #expect(try await host.get("/roles/support", token: token).json["scopes"] == ["businesses:read", "data:*"])
                #expect(try await host.get("/roles/owner", token: token).json["built_in"] == true)
                #expect(try await put(host, "support", token, ["alerts:read"]).json["scopes"] == ["alerts:read"])

                for (field, input) in [
                    ("name", ["name": "Owner", "scopes": ["a:b"]]), ("name", ["name": "owner", "scopes": ["a:b"]]),
                    ("name", ["name": "none", "scopes": ["a:b"]]), ("name", ["name": .string(String(repeating: "a", count: 33)), "scopes": ["a:b"]]),
                    ("name", ["name": "a.b", "scopes": ["a:b"]]), ("scopes", ["name": "x", "scopes": []]), ("scopes", ["name": "x"]),
                    ("scopes[0]", ["name": "x", "scopes": ["read"]]), ("scopes[1]", ["name": "x", "scopes": ["a:b", "a:B"]]),
                    ("scopes", ["name": "x", "scopes": ["a:b", "a:b"]]), ("scopes[0]", ["name": "x", "scopes": ["*:*"]]),
                    ("scopes[0]", ["name": "x", "scopes": ["mfa:write"]]), ("tenant_id", ["name": "x", "scopes": ["a:b"], "tenant_id": "y"]),
                ] as [(String, JSONValue)] {
                    let refused = try await host.post("/roles", token: token, json: input)
                    #expect(refused.errorCode == "VALIDATION_ERROR", "\(input): \(refused.text)")
                    #expect(try refused.json["error"]?["details"]?["field"]?.string == field, "\(input): \(refused.text)")
                }
                for name in ["viewer", "analyst", "admin", "owner"] {
                    #expect(try await put(host, name, token, ["a:b"]).errorCode == "CONFLICT")
                    #expect(try await host.request("DELETE", "/roles/\(name)", token: token).errorCode == "CONFLICT")
                }
                let foreign = try host.token(stranger)
                #expect(try await host.get("/roles/support", token: foreign).status == 404)
                #expect(try await put(host, "support", foreign, ["a:b"]).status == 404)
                #expect(try await host.request("DELETE", "/roles/support", token: foreign).status == 404)
                #expect(try await host.get("/roles", token: try host.token(viewer)).errorCode == "FORBIDDEN")

                let statuses = try await all(20) { _ in
                    try await host.post("/roles", token: token, json: ["name": "twin", "scopes": ["a:b"]]).status
                }
                #expect(statuses.count { $0 == 201 } == 1 && statuses.count { $0 == 409 } == 19, "\(statuses)")
                #expect(try await host.request("DELETE", "/roles/support", token: token).status == 204)
                #expect(try await host.request("DELETE", "/roles/support", token: token).status == 404)
                let log = try await database.query("select action, target_id from app.audit_log where target_id = 'support' order by occurred_at")
                #expect(try log.map { try $0.text(0) } == ["role.created", "role.changed", "role.deleted"])
            }
        }

        @Test("asvs-27: a role's members hold what it names, from the next call on; a role that somebody has stays") func members() async throws {
            let owner = try await Member.make()
            try await TestDatabase.current.execute(
                "insert into tenancy.roles (tenant_id, name, scopes) values ('\(owner.tenant)', 'support', '{businesses:read}')")
            let member = try await Member.join(owner.tenant, number: 2, role: try #require(Role(rawValue: "support")))
            try await RunningHost.run { host in
                try await host.eventually("changes are heard") { try await host.get("/health/ready").text.contains(#""directory":"ok""#) }
                let token = try host.token(owner)
                let own = try host.token(member)
                #expect(try await host.get("/businesses", token: own).status == 200)
                #expect(try await host.get("/auth/me", token: own).status == 200, "what is personal is every member's")
                #expect(try await host.get("/probe/caller", token: own).errorCode == "FORBIDDEN")
                #expect(try await host.post("/businesses", token: own, json: ["name": "B"]).errorCode == "FORBIDDEN")
                for _ in 0..<20 {
                    #expect(try await put(host, "support", token, ["businesses:*", "roles:write", "probe:read"]).status == 200)
                    #expect(try await host.post("/businesses", token: own, json: ["name": "B"]).status == 201)
                    #expect(try await host.get("/probe/caller", token: own).json["role"] == "support")
                    #expect(try await put(host, "support", token, ["roles:write", "businesses:read"]).status == 200)
                    #expect(try await host.post("/businesses", token: own, json: ["name": "B"]).errorCode == "FORBIDDEN")
                }
                // Nobody grants what they do not hold, not to themselves either.
                for scopes in [["roles:write", "data:write"], ["roles:*"], ["businesses:*"], ["keys:write"]] as [[JSONValue]] {
                    let refused = try await put(host, "support", own, scopes)
                    #expect(refused.errorCode == "FORBIDDEN", "\(scopes)")
                    #expect(try refused.json["error"]?["details"]?["field"]?.string?.hasPrefix("scopes[") == true)
                    #expect(try await host.post("/roles", token: own, json: ["name": "more", "scopes": .array(scopes)]).errorCode == "FORBIDDEN")
                }
                #expect(try await host.post("/roles", token: own, json: ["name": "less", "scopes": ["businesses:read"]]).status == 201)
                let used = try await host.request("DELETE", "/roles/support", token: token)
                #expect(used.errorCode == "CONFLICT")
                #expect(used.text.contains("Members have this role"))
            }
        }

        @Test("asvs-19, asvs-20: a session that ended opens nothing from the next call on, other sessions do; in-flight calls end too")
        func sessions() async throws {
            let member = try await Member.make()
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                try await host.eventually("changes are heard") { try await host.get("/health/ready").text.contains(#""directory":"ok""#) }
                let (first, second) = (UUID(high: 1, low: 1), UUID(high: 2, low: 2))
                let token = try host.token(member, session: first)
                let other = try host.token(member, session: second)
                #expect(try await host.get("/probe/caller", token: token).json["session"]?.string == "\(first)")
                async let running = host.get("/probe/sleep?milliseconds=9000", token: token)
                try await host.eventually("it runs") { try await host.get("/health/ready").json["handlers"]?["probe"]?["in_flight"] == 1 }
                try await database.execute("select tenancy.end_session('\(first)', '\(member.user)', '\(member.tenant)')")
                try await host.eventually("it has ended") { try await host.get("/probe/caller", token: token).errorCode == "UNAUTHENTICATED" }
                #expect(try await running.errorCode == "UNAUTHENTICATED")
                #expect(try await host.get("/probe/caller", token: other).status == 200)
                #expect(try await host.get("/probe/caller", token: try host.token(member)).status == 200)
                // Read anew from the database, it is still so.
                _ = try await database.query("select pg_notify('tenancy_changed', $1)", [.text("\(member.tenant)")])
                #expect(try await host.get("/probe/caller", token: token).errorCode == "UNAUTHENTICATED")
            }
        }
    }
}
