import Kernel
import TestSupport
import Testing
import Tokens

extension EndToEnd {
    @Suite("Keys while the gateway runs", .testDatabase) struct Rotation {
        /// Ids stand behind `--`: one in 64 begins with a dash.
        private func keys(_ environment: [String: String], _ arguments: String...) async throws -> (status: Int32, printed: String) {
            try await Blocking.run { try ChildProgram("tenantry", ["keys"] + arguments, environment: environment).finish() }
        }

        private func environment(_ options: RunningHost.Options = .init()) async throws -> [String: String] {
            try await Blocking.run { [database = try TestDatabase.current] in try RunningHost.environment(database, options) }
        }

        /// The key that a token names.
        private func kid(_ token: String) throws -> String {
            let header = try #require(Base64.url.decode(token.prefix { $0 != "." }))
            return try #require(try JSON.read(header)["kid"]?.string)
        }

        private func published(_ host: RunningHost) async throws -> [String] {
            let answer = try await host.get("/.well-known/jwks.json")
            #expect(answer.status == 200)
            #expect(answer["content-type"] == "application/jwk-set+json")
            #expect(answer["cache-control"] == "public, max-age=300")
            let keys = try #require(try answer.json["keys"]?.array)
            for key in keys {
                #expect(Set(try #require(key.object).map(\.name)) == ["kty", "use", "alg", "kid", "n", "e"])
                // Whoever verifies by these keys reads them as we read others'.
                _ = try JWSKey(jwk: try #require(key.object))
            }
            return keys.compactMap { $0["kid"]?.string }
        }

        private func signIn(_ host: RunningHost) async throws -> String {
            let login = try await host.post("/auth/login", json: ["email": "ann@example.test", "password": "a long password"])
            #expect(login.status == 200, "\(login.text)")
            return try #require(try login.json["access_token"]?.string)
        }

        private func createUser() async throws {
            _ = try await TestDatabase.current.tenant(1)
            let environment = try await environment()
            let arguments = ["--email", "ann@example.test", "--name", "Ann", "--tenant", "tenant-1", "--role", "owner", "--password-stdin"]
            let created = try await Blocking.run {
                try ChildProgram("tenantry", ["user", "create"] + arguments, environment: environment, input: "a long password\n").finish()
            }
            #expect(created.status == 0, "\(created.printed)")
        }

        @Test("a rotation reaches a running gateway and its handlers, and signs nobody out; a retired key signs its bearers out") func rotate()
            async throws
        {
            try await createUser()
            let environment = try await environment()
            try await RunningHost.run { host in
                let before = try await published(host)
                #expect(before.count == 2)
                let old = try await signIn(host)
                #expect(try kid(old) == before[0])
                let rotated = try await keys(environment, "rotate", "--json")
                #expect(rotated.status == 0, "\(rotated.printed)")
                #expect(try JSON.read(Array(rotated.printed.utf8))["id"]?.string == before[1])
                #expect(try JSON.read(Array(rotated.printed.utf8))["state"] == "signing")
                #expect(!rotated.printed.contains("PRIVATE"))

                try await host.eventually("sign-ins are signed with the next key") { try kid(try await signIn(host)) == before[1] }
                let new = try await signIn(host)
                for token in [old, new] { #expect(try await host.get("/auth/me", token: token).status == 200) }
                let after = try await published(host)
                #expect(after.count == 3)
                #expect(Array(after.prefix(2)) == before)

                #expect(try await keys(environment, "retire", "--", before[1]).status == 73)
                #expect(try await keys(environment, "retire", "--", "nothing").status == 66)
                #expect(try await keys(environment, "retire", "--", before[0]).status == 0)
                try await host.eventually("the retired key's tokens are refused") { try await host.get("/auth/me", token: old).status == 401 }
                #expect(try await host.get("/auth/me", token: new).status == 200)
                #expect(try await published(host) == Array(after.dropFirst()))

                let listed = try await keys(environment, "list", "--json")
                #expect(listed.status == 0)
                let states = try #require(try JSON.read(Array(listed.printed.utf8)).array).map {
                    "\($0["kind"]?.string ?? "") \($0["state"]?.string ?? "")"
                }
                #expect(states == ["jwt signing", "jwt standby", "master used"])
                #expect(!listed.printed.contains("secret") && !listed.printed.contains("PRIVATE"))
            }
        }

        @Test("calls go on while keys are rotated again and again") func underLoad() async throws {
            let member = try await Member.make()
            let environment = try await environment()
            try await RunningHost.run { host in
                let token = try host.token(member)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for kind in ["jwt", "master", "jwt", "jwt"] {
                            let status = try await keys(environment, "rotate", kind, "--now").status
                            #expect(status == 0)
                        }
                    }
                    group.addTask {
                        for _ in 0..<200 {
                            let answer = try await host.get("/auth/me", token: token)
                            #expect(answer.status == 200, "\(answer.text)")
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await host.get("/auth/me", token: token).status == 200)
            }
        }

        @Test("HS256 by a setting: nothing is published, old tokens go on, and back again") func algorithms() async throws {
            try await createUser()
            let old = try await RunningHost.run { host in try await signIn(host) }
            let secret = try await RunningHost.run(.init(environment: ["TENANTRY_JWT_ALGORITHM": "HS256"])) { host in
                let token = try await signIn(host)
                let header = try #require(Base64.url.decode(token.prefix { $0 != "." }))
                #expect(try JSON.read(header)["alg"] == "HS256")
                for token in [old, token] { #expect(try await host.get("/auth/me", token: token).status == 200) }
                #expect(try await published(host) == [try kid(old)])
                return token
            }
            try await RunningHost.run { host in
                #expect(try await host.get("/auth/me", token: secret).status == 200)
                let header = try #require(Base64.url.decode(try await signIn(host).prefix { $0 != "." }))
                #expect(try JSON.read(header)["alg"] == "RS256")
            }
        }

        @Test("an installation that has one key of the old form keeps it") func adoption() async throws {
            let member = try await Member.make()
            let environment = try await environment()
            let home = try #require(environment["TENANTRY_HOME"])
            try File.remove("\(home)/keys/jwt.json")
            try File.write(Array(try RunningHost.key.get().privatePEM.utf8), to: "\(home)/keys/jwt.pem")
            #expect(try await keys(environment, "list", "--json").printed == "[]\n")
            let status = try await RunningHost.run { host in try await host.get("/auth/me", token: try host.token(member)).status }
            #expect(status == 200)
            let listed = try await keys(environment, "list")
            let id = try RunningHost.key.get().publicKey.id
            #expect(listed.status == 0 && listed.printed.contains(id), "\(listed.printed)")
            #expect(!File.exists("\(home)/keys/jwt.pem"))
        }

        @Test("a key file that cannot be read stops the start with its reason, and changes nothing while the gateway runs") func broken() async throws
        {
            let member = try await Member.make()
            let environment = try await environment()
            let file = "\(try #require(environment["TENANTRY_HOME"]))/keys/jwt.json"
            try await RunningHost.run { host in
                try File.write(Array("{".utf8), to: file)
                try await host.eventually("it is said") { host.program.printed.contains("the keys could not be read again") }
                #expect(try await host.get("/probe/caller", token: try host.token(member)).status == 200)
            }
            let run = try await Blocking.run { try ChildProgram("tenantry", ["run"], environment: environment).finish() }
            #expect(run.status != 0)
            #expect(run.printed.contains("the keys of tokens cannot be read"), "\(run.printed)")
            try File.remove(file)
            let wrong = try await keys(environment.merging(["TENANTRY_JWT_ALGORITHM": "none"]) { $1 }, "list")
            #expect(wrong.status == 65 && wrong.printed.contains("TENANTRY_JWT_ALGORITHM"), "\(wrong.printed)")
        }
    }
}
