import Glibc
import Kernel
import TestSupport
import Testing
import Tokens

extension EndToEnd {
    /// Sign-in through a provider that somebody else wrote, with a client that it registered and a browser that the test plays.
    @Suite("sign-in at a provider from the package index", .testDatabase, .enabled(if: Environment["TENANTRY_OIDC_PROVIDER"] != nil))
    struct RealProviderTests {
        private static let verifier = "the app's own verifier, which is long enough"
        private static let callback = "https://api.example.com/api/v1/auth/oidc/callback"

        /// The provider, which asks for registered clients and for a nonce; it knows two people.
        private struct Provider {
            let program: ChildProgram
            let port: Int

            init() throws {
                let people = [
                    #"{"sub": "verified", "email": "user-1@example.test", "email_verified": true, "name": "Ann"}"#,
                    #"{"sub": "unverified", "email": "user-1@example.test", "email_verified": false, "name": "Ann"}"#,
                ]
                program = try ChildProgram(
                    Environment["TENANTRY_OIDC_PROVIDER"] ?? "",
                    ["--port", "0", "--require-registration", "true", "--require-nonce", "true"] + people.flatMap { ["--user-claims", $0] },
                    environment: ["PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"])
                guard let line = program.line(containing: "running on http://127.0.0.1:"),
                    let port = line.split(separator: "127.0.0.1:").last.flatMap({ Int($0.prefix { $0.isNumber }) })
                else { throw AppError(.internalError, program.printed) }
                self.port = port
            }

            var issuer: String { "http://127.0.0.1:\(port)" }

            func post(_ path: String, _ type: String, _ body: String) async throws -> HTTPAnswer {
                let head = "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                return try await Blocking.run { [port] in
                    let socket = try RawSocket(port: port)
                    try socket.send(Array((head + body).utf8))
                    var reader = AnswerReader(socket)
                    guard let answer = try reader.next() else { throw AppError(.internalError, "the provider did not answer") }
                    return answer
                }
            }

            /// A client of its own registration: id and secret.
            func register() async throws -> (id: JSONValue, secret: JSONValue) {
                let answer = try await post(
                    "/oauth2/clients", "application/json",
                    #"{"redirect_uris": ["\#(callback)"], "token_endpoint_auth_method": "client_secret_basic"}"#)
                guard let id = try answer.json["client_id"], let secret = try answer.json["client_secret"] else {
                    throw AppError(.internalError, "not registered: \(answer.text)")
                }
                return (id, secret)
            }
        }

        /// A sign-in as one of its people; the query of the URL at the app.
        private func signIn(_ person: String, _ host: RunningHost, _ provider: Provider, _ row: String) async throws -> String {
            let challenge = Base64.url.encode(SHA256.hash(Self.verifier).bytes)
            let begun = try await host.get(
                "/api/v1/auth/oidc/\(row)/start?redirect_uri=https%3A%2F%2Fapp.example.com%2Fsigned-in&code_challenge=\(challenge)")
            let page = try #require(begun["location"], "\(begun.text)")
            #expect(page.hasPrefix("\(provider.issuer)/oauth2/authorize?"))
            let cookie = try #require(begun["set-cookie"]?.split(separator: ";").first)
            let allowed = try await provider.post(
                String(page.dropFirst(provider.issuer.count)), "application/x-www-form-urlencoded", "sub=\(person)")
            let back = try #require(allowed["location"], "\(allowed.status) \(allowed.text)")
            #expect(back.hasPrefix("\(Self.callback)?"))
            let ended = try await host.get(
                String(back.dropFirst("https://api.example.com".count)), headers: [("cookie", String(cookie))])
            let app = try #require(ended["location"], "\(ended.status) \(ended.text)")
            #expect(app.hasPrefix("https://app.example.com/signed-in?"))
            return String(app.drop { $0 != "?" }.dropFirst())
        }

        @Test("asvs-31: discovery, registered client, nonce, keys and code of a provider that is not ours") func signsIn() async throws {
            let owner = try await Member.make(1)
            let provider = try await Blocking.run { try Provider() }
            defer { provider.program.signal(SIGKILL) }
            let client = try await provider.register()
            let environment = [
                "TENANTRY_OUTBOUND_ALLOW": "127.0.0.1/32", "TENANTRY_OUTBOUND_PORTS": "\(provider.port)",
                "TENANTRY_REDIRECT_URLS": "https://app.example.com/", "TENANTRY_PUBLIC_URL": "https://api.example.com",
            ]
            try await RunningHost.run(.init(environment: environment)) { host in
                func row(_ name: JSONValue, _ secret: JSONValue) async throws -> String {
                    let made = try await host.post(
                        "/api/v1/auth/oidc/providers", token: try host.token(owner),
                        json: [
                            "name": name, "issuer": .string(provider.issuer), "client_id": client.id, "client_secret": secret,
                            "allowed_domains": ["example.test"],
                        ])
                    return try #require(try made.json["id"]?.string, "\(made.text)")
                }
                let right = try await row("Acme", client.secret)
                let query = try await signIn("verified", host, provider, right)
                let code = try #require(query.split(separator: "&").first { $0.hasPrefix("code=") }?.dropFirst(5), "\(query)")
                let redeemed = try await host.post(
                    "/api/v1/auth/oidc/token", json: ["code": .string(String(code)), "code_verifier": .string(Self.verifier)])
                let token = try #require(try redeemed.json["access_token"]?.string, "\(redeemed.text)")
                let me = try await host.get("/api/v1/auth/me", token: token)
                #expect(try me.status == 200 && me.json["user"]?["email"]?.string == "user-1@example.test", "\(me.text)")

                #expect(try await signIn("unverified", host, provider, right).contains("error=access_denied"))
                _ = try await host.request("DELETE", "/api/v1/auth/oidc/providers/\(right)", token: try host.token(owner))
                let wrong = try await row("Acme", "not the secret")
                #expect(try await signIn("verified", host, provider, wrong).contains("error="))
            }
        }
    }
}
