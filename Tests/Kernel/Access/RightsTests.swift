import Kernel
import Testing

@Suite("Rights") struct RightsTests {
    private func scopes(_ texts: String...) throws -> [Scope] { try texts.map { try #require(Scope(rawValue: $0)) } }
    private let support = Role(rawValue: "support")

    @Test("what is a scope, and of which family") func families() {
        for text in ["a:b", "data:read", "a_1:b_2", "data:*", "members:write"] { #expect(Scope(rawValue: text)?.rawValue == text) }
        for text in ["", ":", "a", "a:", ":b", "a:b:c", "A:b", "a:B", "*:a", "*:*", "a:**", "a :b", "a:b ", "1:b", "a:ü", "a:b\n"] {
            #expect(Scope(rawValue: text) == nil, "\(text)")
        }
        #expect(Scope(rawValue: String(repeating: "a", count: 33) + ":b") == nil)
        for (text, family) in [
            ("profile:read", .personal), ("sessions:write", .personal), ("mfa:*", .personal), ("audit:read", .administrative),
            ("keys:write", .administrative), ("roles:read", .administrative), ("members:write", .administrative), ("members:*", .administrative),
            ("sso:write", .administrative), ("tenant:read", .administrative), ("members:read", .ordinary), ("data:write", .ordinary),
            ("profiles:read", .ordinary), ("keyboard:read", .ordinary),
        ] as [(String, Scope.Family)] {
            #expect(Scope(rawValue: text)?.family == family, "\(text)")
        }
    }

    @Test("an area's star covers its verbs and nothing else") func covers() throws {
        let area = try #require(Scope(rawValue: "data:*"))
        for (text, covered) in [("data:read", true), ("data:*", true), ("data2:read", false), ("dat:read", false), ("mydata:read", false)] {
            #expect(area.covers(try #require(Scope(rawValue: text))) == covered, "\(text)")
        }
        #expect(try !(#require(Scope(rawValue: "data:read"))).covers(area))
    }

    @Test("asvs-24: what each built-in role holds of each family") func builtIn() {
        let table: [(String, [Bool])] = [
            ("profile:write", [true, true, true, true]), ("mfa:write", [true, true, true, true]), ("dashboard:read", [true, true, true, true]),
            ("members:read", [true, true, true, true]), ("data:write", [false, true, true, true]), ("alerts:write", [false, true, true, true]),
            ("businesses:write", [false, false, true, true]), ("audit:read", [false, false, true, true]), ("keys:read", [false, false, true, true]),
            ("roles:read", [false, false, true, true]), ("members:write", [false, false, true, true]), ("sso:read", [false, false, true, true]),
            ("tenant:write", [false, false, true, true]), ("data:*", [false, false, true, true]), ("nonsense", [false, false, false, false]),
        ]
        for (scope, holds) in table {
            #expect([Role.viewer, .analyst, .admin, .owner].map { Rights(role: $0).holds(scope) } == holds, "\(scope)")
        }
    }

    @Test("names that no role can have") func names() {
        for name in ["", "A", "1a", "a.b", "a b", "none", "ä", String(repeating: "a", count: 33), "a\n", "-a"] {
            #expect(Role(rawValue: name) == nil, "\(name)")
        }
        for name in ["a", "a-b_2", String(repeating: "a", count: 32)] { #expect(Role(rawValue: name)?.isBuiltIn == false, "\(name)") }
        #expect(Role(rawValue: "owner") == .owner)
    }

    @Test("a tenant's own role holds what it names and what is personal, and nothing by its name") func custom() throws {
        let role = try #require(support)
        let rights = Rights.member(role, scopes: try scopes("data:*", "audit:read", "mfa:write"))
        for scope in ["data:read", "data:write", "audit:read", "profile:write", "sessions:read"] { #expect(rights.holds(scope), "\(scope)") }
        for scope in ["dashboard:read", "audit:write", "keys:read", "members:write"] { #expect(!rights.holds(scope), "\(scope)") }
        #expect(!Rights.member(role, scopes: []).holds("data:read"))
        #expect(Rights.member(role, scopes: []).holds("profile:read"))
        #expect(!role.holds("data:read"))
    }

    @Test("auth-06: a key holds what both it and its maker do, and nothing personal") func keys() throws {
        let bound = try scopes("data:*", "keys:write", "profile:read")
        let viewer = Rights.member(.viewer, scopes: []).narrowed(to: bound, isKey: true)
        #expect(viewer.holds("data:read") && !viewer.holds("data:write") && !viewer.holds("keys:write") && !viewer.holds("profile:read"))
        #expect(!viewer.holds("dashboard:read"))
        let admin = Rights.member(.admin, scopes: []).narrowed(to: bound, isKey: true)
        #expect(admin.holds("data:write") && admin.holds("keys:write") && !admin.holds("profile:read") && !admin.holds("businesses:read"))
        let role = try #require(support)
        let own = Rights.member(role, scopes: try scopes("data:read", "keys:*")).narrowed(to: bound, isKey: true)
        #expect(own.holds("data:read") && own.holds("keys:write") && !own.holds("data:write") && !own.holds("keys:read"))
        #expect(!own.holds("profile:read"))
    }

    @Test("where nothing is left, nothing is held, never all") func nothing() throws {
        for role in Role.builtIn + [try #require(support)] {
            let none = Rights.member(role, scopes: try scopes("data:read")).narrowed(to: [])
            let apart = Rights.member(role, scopes: try scopes("data:read")).narrowed(to: try scopes("mfa:*")).narrowed(to: try scopes("data:read"))
            for scope in ["data:read", "profile:read", "dashboard:read", "mfa:write"] {
                #expect(!none.holds(scope) && !apart.holds(scope), "\(role): \(scope)")
            }
            #expect(!Rights(role: role).bound(by: []).holds("data:read"))
        }
    }

    @Test("who lost something is told from who only gained") func kept() throws {
        let role = try #require(support)
        let before = Rights.member(role, scopes: try scopes("data:read"))
        #expect(Rights.member(role, scopes: try scopes("data:*", "alerts:read")).keep(before))
        #expect(before.keep(before))
        #expect(!Rights.member(role, scopes: try scopes("alerts:read")).keep(before))
        #expect(!Rights.member(.viewer, scopes: []).keep(Rights.member(.admin, scopes: [])))
    }
}
