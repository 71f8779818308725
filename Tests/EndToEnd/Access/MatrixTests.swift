import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Every route of the product × everybody who could call it. The routes come from `tenantry handler list --json`, what is expected from ``Need``.
    @Suite("Routes × callers", .testDatabase) struct Matrix {
        /// Called by nobody who may: they would take the caller itself out of the tenant.
        private static let leaving: Set = ["POST /members/leave", "DELETE /members/me", "POST /users/members/leave"]

        @Test("asvs-24, asvs-25, auth-06: each route answers exactly those who may call it, and no object of another tenant")
        func matrix() async throws {
            let (member, other) = (try await Member.make(1), try await Member.make(2))
            let business = try await member.business(1)
            try await RunningHost.run(.init(handlers: ["\(Environment.package)/Handlers"])) { host in
                let handlers = try await ListedRoute.served(try TestDatabase.current)
                let routes = handlers.flatMap(\.routes)
                #expect(routes.count > 10)
                let scopes = Set(routes.filter { $0.access != "webhook" }.compactMap(\.scope)).sorted()
                let callers = try await MatrixCaller.all(host, member, other, scopes: scopes)
                var cells = 0
                for route in routes {
                    let name = "\(route.method) \(route.path)"
                    guard let need = Need.table[name] else {
                        Issue.record("`Need.table` has no row for \(name) (\(route.access) \(route.scope ?? "")): say who may call it")
                        continue
                    }
                    // A webhook is open to everybody; what it names is no scope, and its signature is the handler's to check.
                    let isOpen = route.access == "anonymous" || route.access == "webhook"
                    #expect(
                        (route.access == "webhook" || route.scope == need.scope) && isOpen == (need == .open),
                        "\(name) asks for \(route.scope ?? "nothing")")
                    for caller in callers.reversed() {
                        let mayPass = caller.mayPass(need)
                        if mayPass, Self.leaving.contains(name) { continue }
                        let answer = try await host.call(route, business: business, token: try await caller.token())
                        check(answer, need, mayPass, "\(name) by \(caller.name): \(answer.status) \(answer.text.prefix(200))")
                        if caller.name == "another tenant's owner", route.path.contains("{business_id}") {
                            // PUT is refused for its body first.
                            #expect(answer.status == (route.body == "json" ? 400 : 404), "\(name): \(answer.status)")
                        }
                        cells += 1
                    }
                }
                #expect(cells > routes.count * 8)
                print("matrix: \(routes.count) routes, \(callers.count) callers, \(cells) cells")
            }
        }

        private func check(_ answer: HTTPAnswer, _ need: Need, _ mayPass: Bool, _ place: String) {
            let isRefused = answer.status == 403 && (answer.text.contains("does not allow") || answer.text.contains("Only an API key"))
            if mayPass {
                #expect(!isRefused && answer.errorCode != "UNAUTHENTICATED", "refused: \(place)")
            } else if need == .system {
                #expect(answer.status == 404, "not hidden: \(place)")
            } else {
                #expect(isRefused || answer.status == 401, "let in: \(place)")
            }
            checkHeaders(answer, place)
        }

        private func checkHeaders(_ answer: HTTPAnswer, _ place: String) {
            #expect(answer.status < 500, "asvs-43: \(place)")
            #expect(answer["x-content-type-options"] == "nosniff", "asvs-35: \(place)")
            #expect(answer["cache-control"]?.contains("no-store") == true, "asvs-41: \(place)")
            #expect(answer.body.isEmpty || answer["content-type"] != nil, "asvs-35: \(place)")
            if let type = answer["content-type"], type.hasPrefix("text/") { #expect(type.contains("charset=utf-8"), "asvs-35: \(place)") }
            if answer.status >= 400 { #expect(answer.errorCode != nil, "asvs-43: \(place)") }
        }

        @Test("asvs-26: what a caller may not write is refused by name, on every route with a body")
        func unwritable() async throws {
            let member = try await Member.make()
            try await RunningHost.run(.init(handlers: ["\(Environment.package)/Handlers"])) { host in
                let token = try host.token(member)
                for route in try await ListedRoute.served(try TestDatabase.current).flatMap(\.routes)
                where route.body == "json" && route.access != "system" && !route.access.hasPrefix("operator") {
                    let known = Set(route.inputSchema?["properties"]?.object?.map(\.name) ?? [])
                    guard !known.isEmpty else { continue }
                    for field in ["tenant_id", "is_admin", "created_at", "id", "role", "user_id", "password_hash", "epoch"]
                    where !known.contains(field) {
                        let answer = try await host.call(route, business: .zero, token: token, body: .object([field: "x"]))
                        let named = try? answer.json["error"]?["errors"]?.array?.contains { $0["field"]?.string == field }
                        #expect(answer.status == 400 && named == true, "\(route.method) \(route.path) \(field): \(answer.status) \(answer.text)")
                    }
                }
            }
        }
    }
}

extension RunningHost {
    /// A call of a route with the least that it reads. Ids in its path are nobody's, but a business.
    func call(_ route: ListedRoute, business: UUID, token: String?, body: JSONValue = [:]) async throws -> HTTPAnswer {
        let parts = route.path.split(separator: "/").map { part in
            part == "{business_id}" ? "\(business)" : part.hasPrefix("{") ? part.hasSuffix("_id}") ? "\(UUID.zero)" : "unknown" : String(part)
        }
        return try await request(
            route.method, "/" + parts.joined(separator: "/"), token: token,
            headers: route.body == "none" ? [] : [("content-type", "application/json")],
            body: route.body == "none" ? nil : Array(body.description.utf8))
    }

    /// A token of a session that was just opened, good for all or for some scopes alone.
    func session(_ member: Member, scopes: [String] = []) async throws -> String {
        var random = SystemRandomNumberGenerator()
        let now = TimeSource.system.now()
        let id = UUID.v7(at: now, using: &random)
        _ = try await TestDatabase.current.query(
            """
            insert into identity.user_sessions (id, user_id, tenant_id, factors, address, user_agent, expires_at)
            values ($1, $2, $3, '{password}', '127.0.0.1', 'matrix', '2999-01-01')
            """, [.uuid(id), .id(member.user), .id(member.tenant)])
        var claims: JSONObject = [
            "iss": "tenantry", "aud": "tenantry", "sub": .string("\(member.user)"), "tid": .string("\(member.tenant)"),
            "role": .string(member.role.rawValue), "epoch": 1, "jti": .string("\(UUID.zero)"), "sid": .string("\(id)"),
            "iat": .integer(now.seconds), "exp": .integer(now.seconds + 900),
        ]
        if !scopes.isEmpty { claims["scp"] = .array(scopes.map { .string($0) }) }
        return try sign(claims)
    }
}
