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
            let person = try await Person.make(in: try await TestDatabase.current.tenant(1))
            try await RunningHost.run { host in
                let session = try await host.logIn(person)
                #expect(try await host.me(session.access) == 200)
                // A refresh token as an access token, in every place where one is read.
                let places = [
                    ("Authorization", "Bearer \(session.refresh)"), ("X-API-Key", session.refresh),
                    ("Cookie", "__Host-tenantry_access=\(session.refresh)"),
                ]
                for place in places { #expect(try await host.get("/auth/me", headers: [place]).status == 401, "\(place.0)") }
                // An access token as a refresh token, as a mailed token, as an API key and as the wrong cookies.
                let refreshed = try await host.refresh(session.access)
                #expect([400, 401].contains(refreshed.status), "\(refreshed.status) \(refreshed.text)")
                for token in [session.access, session.refresh] {
                    let reset = try await host.post(
                        "/auth/reset-password/confirm", json: ["token": .string(token), "password": "another bicycle for fish"])
                    #expect([400, 401].contains(reset.status), "\(reset.status) \(reset.text)")
                    let verified = try await host.post("/auth/verify-email", json: ["token": .string(token)])
                    #expect([400, 401].contains(verified.status), "\(verified.status) \(verified.text)")
                }
                #expect(try await host.get("/auth/me", headers: [("X-API-Key", session.access)]).status == 401)
                for name in ["__Host-tenantry_refresh", "__Host-tenantry_csrf", "access_token"] {
                    #expect(try await host.get("/auth/me", headers: [("Cookie", "\(name)=\(session.access)")]).status == 401, "\(name)")
                }
                // Made for no cookie: nothing beside it would prove that a page of this site sent it.
                #expect(try await host.get("/auth/me", headers: [("Cookie", "__Host-tenantry_access=\(session.access)")]).status == 401)
                #expect(try await host.me(session.access) == 200)
                #expect(try await host.refresh(session.refresh).status == 200)
            }
        }
    }
}
