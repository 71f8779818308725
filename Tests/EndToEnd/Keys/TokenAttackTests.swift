import Kernel
import TestSupport
import Testing
import Tokens

extension EndToEnd {
    @Suite("Forged access tokens", .testDatabase) struct TokenAttacks {
        @Test("asvs-28, auth-02: each change of a live token is 401, by every way in, and no address in it is asked") func mutations() async throws {
            let member = try await Member.make()
            let trap = try Trap()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let forge = try Forge(token, key: try RunningHost.key.get())
                // What the forge makes is accepted as long as nothing is wrong with it, or the refusals below would say nothing.
                for token in [token, try forge.header([]), try forge.claims(("sub", .string(member.user.description)))] {
                    #expect(try await host.get("/probe/caller", token: token).status == 200)
                }
                let mutations = try Mutations(forge: forge, now: TimeSource.system.now(), trap: "http://127.0.0.1:\(trap.port)").all()
                #expect(mutations.count >= 87)
                #expect(Set(mutations.map(\.token)).count == mutations.count)
                for mutation in mutations {
                    let answer = try await host.get("/probe/caller", token: mutation.token)
                    #expect(answer.status == 401, "\(mutation.name): \(answer.status) \(answer.text)")
                    #expect(answer.errorCode == "UNAUTHENTICATED", "\(mutation.name)")
                    let cookie = try await host.get("/probe/caller", headers: [("Cookie", "__Host-tenantry_access=\(mutation.token)")])
                    #expect(cookie.status == 401, "as a cookie, \(mutation.name): \(cookie.status) \(cookie.text)")
                }
                #expect(!trap.wasCalled)
                #expect(try await host.get("/probe/caller", token: token).status == 200)
            }
        }

        @Test("asvs-28: other schemes and forms of the line") func lines() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                for line in ["Bearer \(token)", "bearer \(token)", "BEARER \(token)"] {
                    #expect(try await host.get("/probe/caller", headers: [("Authorization", line)]).status == 200, "\(line.prefix(9))")
                }
                for line in [
                    token, "Basic \(token)", "Bearer", "Bearer ", "Bearer:\(token)", "Bearer  \(token)", "Token \(token)", "JWT \(token)",
                    "\"Bearer\" \(token)",
                    "Bearer\(token)", "DPoP \(token)", "Bearer token=\(token)",
                ] {
                    let answer = try await host.get("/probe/caller", headers: [("Authorization", line)])
                    #expect(answer.status == 401, "\(line.prefix(16)): \(answer.status)")
                }
                for path in ["/probe/caller?access_token=\(token)", "/probe/caller?token=\(token)", "/probe/caller?jwt=\(token)"] {
                    #expect(try await host.get(path).status != 200)
                }
                #expect(try await host.get("/probe/caller", headers: [("X-API-Key", token)]).status == 401)
            }
        }

        @Test("asvs-29: what one kind of secret opens, another does not") func kinds() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let refresh = try await host.post("/auth/refresh", json: ["refresh_token": .string(token)])
                #expect([400, 401, 404].contains(refresh.status), "\(refresh.status) \(refresh.text)")
                let reset = try await host.post("/auth/reset-password/confirm", json: ["token": .string(token), "password": "a new long password"])
                #expect([400, 401, 404].contains(reset.status), "\(reset.status) \(reset.text)")
                for cookie in [
                    "__Host-tenantry_refresh=\(token)", "__Host-tenantry_csrf=\(token)", "access_token=\(token)", "tenantry_access=\(token)",
                ] {
                    #expect(try await host.get("/probe/caller", headers: [("Cookie", cookie)]).status == 401)
                }
                // Made for no cookie: a script's token in a cookie has no CSRF token beside it.
                #expect(try await host.get("/probe/caller", headers: [("Cookie", "__Host-tenantry_access=\(token)")]).status == 401)
            }
        }
    }
}
