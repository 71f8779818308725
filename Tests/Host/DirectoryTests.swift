import Kernel
import Testing
import Tokens
import Wire

@testable import Host

@Suite("Who is let in") struct DirectoryTests {
    private let tenant = TenantID(UUID(high: 1, low: 1))
    private let user = UserID(UUID(high: 2, low: 2))
    private var key: DirectoryCache.Key { .init(tenant: tenant, user: user) }
    private let member = Membership(role: .viewer, epoch: 3, suspended: false)

    private func listening(limit: Int = 10) -> DirectoryCache {
        var cache = DirectoryCache(limit: limit)
        cache.heard()
        return cache
    }

    @Test("an answer is kept, also that there is no membership") func kept() {
        var cache = listening()
        #expect(cache.lookup(key) == .none)
        cache.insert(member, for: key, cache.ask())
        #expect(cache.lookup(key) == .some(member))
        let other = DirectoryCache.Key(tenant: tenant, user: UserID(.zero))
        cache.insert(nil, for: other, cache.ask())
        #expect(cache.lookup(other) == .some(nil))
    }

    @Test("a change of the tenant empties what is known of it, and answers from before it are not kept") func changed() {
        var cache = listening()
        cache.insert(member, for: key, cache.ask())
        let question = cache.ask()
        cache.changed(tenant)
        #expect(cache.lookup(key) == .none)
        cache.insert(member, for: key, question)
        #expect(cache.lookup(key) == .none)
    }

    @Test("while changes are not heard nothing is kept") func deaf() {
        var cache = listening()
        cache.insert(member, for: key, cache.ask())
        cache.lost()
        #expect(cache.lookup(key) == .none)
        cache.insert(member, for: key, cache.ask())
        #expect(cache.lookup(key) == .none)
        cache.heard()
        cache.insert(member, for: key, cache.ask())
        #expect(cache.lookup(key) == .some(member))
    }

    @Test("it is bounded") func bounded() {
        var cache = listening(limit: 2)
        for low in 0..<50 as Range<UInt64> {
            let key = DirectoryCache.Key(tenant: tenant, user: UserID(UUID(high: 0, low: low)))
            cache.insert(member, for: key, cache.ask())
            #expect(cache.lookup(key) == .some(member))
        }
        let kept = (0..<50 as Range<UInt64>).count { cache.lookup(.init(tenant: tenant, user: UserID(UUID(high: 0, low: $0)))) != .none }
        #expect(kept <= 2)
    }

    private func claims(epoch: Int) -> AccessClaims {
        AccessClaims(user: user, tenant: tenant, role: .owner, epoch: epoch, id: .zero, issuedAt: Timestamp(seconds: 0))
    }

    private func code(_ epoch: Int, _ membership: Membership?) -> ErrorCode? {
        do throws(AppError) {
            _ = try Principal(claims(epoch: epoch), membership)
            return nil
        } catch { return error.code }
    }

    @Test("pitfall 26: the directory decides, not the token") func decisions() throws {
        #expect(code(3, nil) == .forbidden)
        #expect(code(2, member) == .unauthenticated)
        #expect(code(3, Membership(role: .owner, epoch: 3, suspended: true)) == .tenantSuspended)
        #expect(code(3, member) == nil)
        #expect(try Principal(claims(epoch: 3), member).rights.role == .viewer)
    }

    @Test("asvs-19, asvs-20: a session that ended and a user who is switched off are refused, whatever the epoch") func ended() throws {
        let session = UUID(high: 7, low: 7)
        func claims(_ session: UUID?) -> AccessClaims {
            AccessClaims(user: user, tenant: tenant, role: .owner, epoch: 3, id: .zero, session: session, issuedAt: Timestamp(seconds: 0))
        }
        var membership = member
        membership.revokedSessions = [UUID(high: 8, low: 8), session]
        #expect(throws: AppError.self) { try Principal(claims(session), membership) }
        #expect(try Principal(claims(UUID(high: 9, low: 9)), membership).session == UUID(high: 9, low: 9))
        #expect(try Principal(claims(nil), membership).session == .zero)
        let running = try Principal(claims(session), member)
        #expect(throws: AppError.self) { try running.again(membership) }
        membership = member
        membership.disabled = true
        #expect(throws: AppError.self) { try Principal(claims(nil), membership) }
    }

    private let hash = SHA256.hash("tnk_")

    private func key(_ scopes: String..., expiry: Int64 = 1000) -> APIKey {
        APIKey(
            id: UUID(high: 5, low: 5), tenant: tenant, maker: user, scopes: scopes.compactMap { Scope(rawValue: $0) },
            expiry: Timestamp(seconds: expiry))
    }

    @Test("a key opens its tenant as long as it has not ended and its maker is let in, and loses with the maker's role") func keys() throws {
        let now = Timestamp(seconds: 999)
        let principal = try Principal(key("data:*"), hash, member, at: now)
        #expect(principal.apiKey == UUID(high: 5, low: 5) && principal.user == user && principal.session == .zero)
        #expect(principal.rights.holds("data:read") && !principal.rights.holds("data:write"))
        for (key, membership) in [
            (key("data:*", expiry: 999), member), (key("data:*"), nil), (key("data:*"), Membership(role: .owner, epoch: 1, suspended: true)),
        ] as [(APIKey, Membership?)] {
            #expect(throws: AppError.self) { try Principal(key, hash, membership, at: now) }
        }
        let analyst = try Principal(key("data:*"), hash, Membership(role: .analyst, epoch: 3, suspended: false), at: now)
        #expect(analyst.rights.holds("data:write"))
        #expect(throws: AppError.self) { try analyst.again(member) }
        #expect(throws: Never.self) { try analyst.again(Membership(role: .analyst, epoch: 4, suspended: false)) }
    }

    @Test("keys are remembered with their tenant, forgotten with it, and bounded") func rememberedKeys() {
        var cache = listening(limit: 3)
        cache.insert(key("data:read"), for: hash, cache.ask())
        #expect(cache.lookup(hash) == key("data:read"))
        let question = cache.ask()
        cache.changed(TenantID(UUID(high: 9, low: 9)))
        #expect(cache.lookup(hash) != nil)
        cache.changed(tenant)
        #expect(cache.lookup(hash) == nil)
        cache.insert(key("data:read"), for: hash, question)
        #expect(cache.lookup(hash) == nil, "older than the change")
        for number in 0..<20 { cache.insert(key("data:read"), for: SHA256.hash("\(number)"), cache.ask()) }
        #expect((0..<20).count { cache.lookup(SHA256.hash("\($0)")) != nil } <= 3)
        cache.lost()
        cache.insert(key("data:read"), for: hash, cache.ask())
        #expect(cache.lookup(hash) == nil)
    }

    @Test("uses of keys are gathered: one entry a key, the newest, and put back where they could not be written") func uses() {
        let uses = KeyUses()
        let (one, two) = (UUID(high: 1, low: 1), UUID(high: 2, low: 2))
        for second in 1...1000 as ClosedRange<Int64> { uses.note(one, at: Timestamp(seconds: second)) }
        let taken = uses.take()
        #expect(taken == [one: Timestamp(seconds: 1000)])
        #expect(uses.take().isEmpty)
        uses.note(one, at: Timestamp(seconds: 2000))
        uses.putBack([one: Timestamp(seconds: 1000), two: Timestamp(seconds: 5)])
        #expect(uses.take() == [one: Timestamp(seconds: 2000), two: Timestamp(seconds: 5)])
    }

    @Test("asvs-29: routes tell members, keys and the host apart; what is good for some things only does nothing that has no name")
    func kinds() throws {
        let now = Timestamp(seconds: 1)
        let read = try #require(Scope(rawValue: "data:read"))
        let person = try Principal(claims(epoch: 3), member)
        let narrow = try Principal(
            AccessClaims(user: user, tenant: tenant, role: .owner, epoch: 3, id: .zero, scopes: [read], issuedAt: Timestamp(seconds: 0)), member)
        let machine = try Principal(key("data:read", "profile:read"), hash, member, at: now)
        func codes(_ rule: AccessRule) -> [ErrorCode?] {
            [person, narrow, machine].map { caller in
                do throws(AppError) {
                    try rule.check(caller)
                    return nil
                } catch { return error.code }
            }
        }
        #expect(codes(.bearer(nil)) == [nil, .forbidden, .forbidden])
        #expect(codes(.bearer(read)) == [nil, nil, nil])
        #expect(codes(.bearer(Scope(rawValue: "dashboard:read"))) == [nil, .forbidden, .forbidden])
        #expect(codes(.bearer(Scope(rawValue: "profile:read"))) == [nil, .forbidden, .forbidden])
        #expect(codes(.apiKey(read)) == [.forbidden, .forbidden, nil])
        #expect(codes(.system) == [.notFound, .notFound, .notFound])
        #expect(codes(.operator(try #require(Scope(rawValue: "tenants:read")), founds: false)) == [.forbidden, .forbidden, .forbidden])
    }

    @Test("operators open their own routes and no others, by what their role holds now") func operators() throws {
        let session = UUID(high: 7, low: 7)
        let claims = OperatorClaims(user: user, session: session, id: .zero, issuedAt: Timestamp(seconds: 0))
        func code(_ body: () throws -> Void) -> ErrorCode? {
            do { try body() } catch { return (error as? AppError)?.code }
            return nil
        }
        #expect(code { _ = try Principal(claims, nil) } == .forbidden)
        #expect(code { _ = try Principal(claims, OperatorStanding(role: .admin, disabled: true)) } == .unauthenticated)
        #expect(code { _ = try Principal(claims, OperatorStanding(role: .admin, revokedSessions: [session])) } == .unauthenticated)
        let admin = try Principal(claims, OperatorStanding(role: .admin))
        let support = try Principal(claims, OperatorStanding(role: .support))
        let (read, write) = (try #require(Scope(rawValue: "tenants:read")), try #require(Scope(rawValue: "tenants:write")))
        #expect(code { try AccessRule.operator(write, founds: true).check(admin) } == nil)
        #expect(code { try AccessRule.operator(read, founds: false).check(support) } == nil)
        #expect(code { try AccessRule.operator(write, founds: false).check(support) } == .forbidden)
        for rule in [.bearer(nil), .bearer(read), .apiKey(read)] as [AccessRule] { #expect(code { try rule.check(admin) } == .forbidden) }
        #expect(admin.target == nil && admin.acting(on: tenant).target == tenant && admin.acting(on: tenant).party == TenantID(.zero))
        #expect(Caller(admin).scope == .operator && Caller(admin).tenant == nil && Caller(admin.acting(on: tenant)).metered == nil)
        #expect(code { try admin.again(OperatorStanding(role: .admin)) } == nil)
        #expect(code { try admin.again(OperatorStanding(role: .support)) } == .unauthenticated)
        #expect(code { try admin.again(nil as OperatorStanding?) } == .forbidden)
    }

    @Test("the place of the tenant in an operator's path") func tenantPlace() {
        #expect(RouteTable.place(of: "tenant_id", in: "/admin/tenants/{tenant_id}/plan") == 0)
        #expect(RouteTable.place(of: "tenant_id", in: "/admin/{kind}/{tenant_id}") == 1)
        #expect(RouteTable.place(of: "tenant_id", in: "/admin/tenants") == nil)
    }

    @Test("a description whose scopes are none is refused, and one that only the host may call is known") func rules() throws {
        #expect(try AccessRule(.init(kind: .bearer, scope: "")) == .bearer(nil))
        #expect(try AccessRule(.init(kind: .system, scope: "")) == .system)
        #expect(try AccessRule(.init(kind: .webhook, scope: "sources_push")) == .webhook(resolver: "sources_push"))
        let write = try #require(Scope(rawValue: "tenants:write"))
        #expect(try AccessRule(.init(kind: .operatorNew, scope: "tenants:write")) == .operator(write, founds: true))
        for (kind, scope) in [
            (.bearer, "read"), (.apiKey, ""), (.operator, ""), (.apiKey, "a:B"), (.webhook, ""), (.webhook, "a b"), (.signedLink, ""),
        ]
            as [(HandlerDescription.Access.Kind, String)]
        {
            #expect(throws: AppError.self) { try AccessRule(.init(kind: kind, scope: scope)) }
        }
    }

    @Test("a route asks for its scope") func scopes() throws {
        let principal = try Principal(claims(epoch: 3), member)
        try AccessRule.bearer(Scope(rawValue: "dashboard:read")).check(principal)
        #expect(throws: AppError.self) { try AccessRule.bearer(Scope(rawValue: "data:write")).check(principal) }
    }

    @Test("known tokens end with their expiry, and their count is bounded") func tokens() {
        var cache = TokenCache<Int>(limit: 4)
        let now = Timestamp(seconds: 0)
        for key in 0..<10 {
            cache.insert(claims(epoch: 1), for: key)
            #expect(cache.count <= 4)
            #expect(cache.claims(key, at: now) != nil)
        }
        #expect(cache.claims(0, at: now) == nil)
        #expect(cache.claims(9, at: Timestamp(seconds: 900)) == nil)
    }

    @Test("a token in use outlives those that are not") func tokenInUse() {
        var cache = TokenCache<Int>(limit: 4)
        cache.insert(claims(epoch: 1), for: -1)
        for key in 0..<20 {
            cache.insert(claims(epoch: 1), for: key)
            #expect(cache.claims(-1, at: Timestamp(seconds: 0)) != nil)
        }
    }
}
