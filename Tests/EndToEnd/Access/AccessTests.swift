import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Who is let in", .testDatabase) struct Access {
        @Test("signing in gives a token that opens the tenant") func signIn() async throws {
            let tenant = try await TestDatabase.current.tenant(1)
            try await RunningHost.run { host in
                let environment = try await Blocking.run { [database = try TestDatabase.current] in try RunningHost.environment(database) }
                let created = try await Blocking.run {
                    let program = try ChildProgram(
                        "tenantry",
                        [
                            "user", "create", "--email", "Ann@Example.test", "--name", "Ann", "--tenant", "tenant-1", "--role", "analyst",
                            "--password-stdin",
                        ],
                        environment: environment, input: "a long password\n")
                    return program.finish()
                }
                #expect(created.status == 0, "\(created.printed)")
                let login = try await host.post("/api/v1/auth/login", json: ["email": "ann@example.test", "password": "a long password"])
                #expect(login.status == 200, "\(login.text)")
                let token = try #require(try login.json["access_token"]?.string)
                #expect(try login.json["tenant"]?["id"]?.string == tenant.description)
                #expect(try login.json["tenant"]?["role"] == "analyst")
                let me = try await host.get("/auth/me", token: token)
                #expect(me.status == 200)
                #expect(try me.json["user"]?["email"] == "ann@example.test")
                #expect(try await host.get("/businesses", token: token).status == 200)
                #expect(try await host.post("/businesses", token: token, json: ["name": "x"]).errorCode == "FORBIDDEN")

                let wrong = try await host.post("/auth/login", json: ["email": "ann@example.test", "password": "another password"])
                let unknown = try await host.post("/auth/login", json: ["email": "bob@example.test", "password": "another password"])
                #expect(wrong.status == 401)
                #expect(wrong.errorCode == "INVALID_CREDENTIALS")
                #expect(unknown.status == 401)
                #expect(try wrong.json["error"]?["message"] == unknown.json["error"]?["message"])
            }
        }

        @Test("a forged, foreign or expired token opens nothing") func badTokens() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                #expect(try await host.get("/probe/caller", token: token).status == 200)
                let parts = token.split(separator: ".")
                let now = TimeSource.system.now()
                var claims: JSONObject = [
                    "iss": "tenantry", "aud": "tenantry", "sub": .string("\(member.user)"), "tid": .string("\(member.tenant)"), "role": "owner",
                    "epoch": 1,
                    "jti": .string("\(UUID.zero)"), "iat": .integer(now.seconds), "exp": .integer(now.seconds + 900),
                ]
                var bad = [
                    "\(parts[0]).\(parts[1]).\(String(repeating: "A", count: parts[2].count))", "\(parts[0]).\(parts[1]).", "\(parts[0]).\(parts[1])",
                    "eyJhbGciOiJub25lIn0.\(parts[1]).", try host.token(member, issuedAt: now - .seconds(1000)), token + "x", "",
                ]
                for (name, value) in [("aud", "other"), ("iss", "other"), ("exp", 5), ("tid", "x")] as [(String, JSONValue)] {
                    let kept = claims[name]
                    claims[name] = value
                    bad.append(try host.sign(claims))
                    claims[name] = kept
                }
                for token in bad {
                    let answer = try await host.get("/probe/caller", token: token)
                    #expect(answer.status == 401, "\(token): \(answer.text)")
                    #expect(answer.errorCode == "UNAUTHENTICATED")
                    #expect(answer["www-authenticate"] == "Bearer")
                }
            }
        }

        @Test("pitfall 26, asvs-27: suspension, removal and changed rights bite at once, whatever the token says") func revoked() async throws {
            let member = try await Member.make(1)
            let other = try await Member.make(2, role: .viewer)
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let token = try host.token(member)
                let otherToken = try host.token(other)
                try await host.eventually("changes are heard") { try await host.get("/health/ready").text.contains(#""directory":"ok""#) }
                for _ in 0..<3 { #expect(try await host.get("/probe/caller", token: token).status == 200) }
                #expect(try await host.get("/probe/caller", token: otherToken).status == 200)

                func tenantry(_ arguments: String...) async throws {
                    let result = try await Blocking.run {
                        let program = try ChildProgram("tenantry", arguments, environment: try RunningHost.environment(database))
                        return program.finish()
                    }
                    #expect(result.status == 0, "\(result.printed)")
                }
                try await tenantry("tenant", "suspend", "tenant-1")
                try await host.eventually("suspended") { try await host.get("/probe/caller", token: token).errorCode == "TENANT_SUSPENDED" }
                #expect(try await host.get("/probe/caller", token: otherToken).status == 200)
                try await tenantry("tenant", "resume", "tenant-1")
                try await host.eventually("resumed") { try await host.get("/probe/caller", token: token).status == 200 }

                func change(_ sql: String) async throws {
                    _ = try await database.query(sql, [.id(member.tenant)])
                    _ = try await database.query("select pg_notify('tenancy_changed', $1)", [.text("\(member.tenant)")])
                }
                try await change("update tenancy.memberships set epoch = 2, role = 'viewer' where tenant_id = $1")
                try await host.eventually("older epoch") { try await host.get("/probe/caller", token: token).errorCode == "UNAUTHENTICATED" }
                let fresh = try host.token(member, epoch: 2)
                #expect(try await host.get("/probe/caller", token: fresh).status == 200)
                #expect(try await host.post("/probe/entries", token: fresh, json: ["number": 1, "text": "x"]).errorCode == "FORBIDDEN")
                try await change("delete from tenancy.memberships where tenant_id = $1")
                try await host.eventually("removed") { try await host.get("/probe/caller", token: fresh).errorCode == "FORBIDDEN" }
            }
        }

        @Test("what is running for a tenant ends when the tenant is suspended") func revokedWhileRunning() async throws {
            let member = try await Member.make(1)
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let token = try host.token(member)
                try await host.eventually("changes are heard") { try await host.get("/health/ready").text.contains(#""directory":"ok""#) }
                async let running = host.get("/probe/sleep?milliseconds=9000", token: token)
                try await host.eventually("it runs") { try await host.get("/health/ready").json["handlers"]?["probe"]?["in_flight"] == 1 }
                _ = try await database.query("update tenancy.tenants set status = 'suspended' where id = $1", [.id(member.tenant)])
                _ = try await database.query("select pg_notify('tenancy_changed', $1)", [.text("\(member.tenant)")])
                #expect(try await running.errorCode == "TENANT_SUSPENDED")
            }
        }
    }
}
