import Kernel
import Testing
import Tokens

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
