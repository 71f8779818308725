import Testing
import Wire

@testable import HandlerKit

@Suite("Who asks, as a handler sees it") struct CallerTests {
    struct Caller: Handler {
        struct Said: Codable, Sendable {
            var holds: [String]
            var key: UUID?
            var session: UUID?
            var address: String
        }

        init(environment: HandlerEnvironment) {}

        static let asked = ["data:read", "data:write", "profile:read", "businesses:write"]

        var routes: [Route] {
            Route.get("/who", access: .bearer()) { (_: NoInput, invocation: Invocation) in
                let principal = invocation.principal
                return Said(
                    holds: Self.asked.filter { principal.holds($0) }, key: principal.apiKey, session: principal.session,
                    address: invocation.request.clientAddress)
            }
            Route.post("/internal/who", access: .system, body: .none) { (_: NoInput, invocation: SystemInvocation) in
                let canRead = (try? invocation.database) != nil
                return Said(holds: [invocation.tenant.map { "\($0)" } ?? "nobody", "\(canRead)"], address: invocation.request.clientAddress)
            }
            Route.get("/open", access: .anonymous) { (_: NoInput, invocation: AnonymousInvocation) in
                Said(holds: [], address: invocation.request.clientAddress)
            }
        }
    }

    private func said(_ gateway: Gateway) async throws -> Caller.Said {
        try JSON.decode(Caller.Said.self, from: JSON.read(try await gateway.answer().body))
    }

    @Test("auth-06: a member's role, a list beside it, and a key are told apart; a list that cannot be read leaves nothing")
    func principals() async throws {
        let (key, session) = (UUID(high: 1, low: 1), UUID(high: 2, low: 2))
        try await withProcess(Caller.self) { gateway in
            _ = try await gateway.start()
            for (scopes, asks, holds) in [
                ([], UUID.zero, ["data:read", "data:write", "profile:read"]), (["data:*", "businesses:*"], .zero, ["data:read", "data:write"]),
                (["profile:*"], .zero, ["profile:read"]), (["data:*", "profile:*"], key, ["data:read", "data:write"]),
                ([], key, ["data:read", "data:write"]), (["", "data", "*:*"], .zero, []),
            ] as [([String], UUID, [String])] {
                gateway.invoke(caller: (scopes, asks, asks == .zero ? session : .zero))
                let said = try await said(gateway)
                #expect(said.holds == holds, "\(scopes)")
                #expect(said.key == (asks == .zero ? nil : key) && said.session == (asks == .zero ? session : nil))
                #expect(said.address == "192.0.2.9")
            }
        }
    }

    @Test("a route of the host's own takes the contexts of the system and of a tenant, and no route takes another's") func scopes() async throws {
        try await withProcess(Caller.self) { gateway in
            let description = try await gateway.start()
            #expect(description.routes[1].access == .init(kind: .system, scope: ""))
            gateway.invoke(.route(1), scope: .system)
            #expect(try await said(gateway).holds == ["nobody", "false"])
            gateway.invoke(.route(1), scope: .tenant)
            #expect(try await said(gateway).holds == ["\(TenantID(UUID(high: 1, low: 2)))", "true"])
            gateway.invoke(.route(2), scope: .identity)
            #expect(try await said(gateway).address == "192.0.2.9")
            for (route, scope) in [(0, .system), (0, .identity), (1, .identity), (2, .system), (2, .tenant)] as [(UInt16, InvocationHead.Scope)] {
                gateway.invoke(.route(route), scope: scope)
                #expect(try await gateway.failure().code == "INTERNAL_ERROR", "\(route) \(scope)")
            }
        }
    }
}
