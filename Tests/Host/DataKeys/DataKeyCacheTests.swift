import Kernel
import Testing
import Tokens

@testable import Host

@Suite("Data keys in memory") struct DataKeyCacheTests {
    private func tenant(_ number: Int) -> TenantID { TenantID(UUID(high: 1, low: UInt64(number))) }

    private func keys(_ number: Int = 1) -> TenantKeys {
        TenantKeys(versions: [.init(number: number, createdAt: Timestamp(seconds: 0), bytes: [UInt8](repeating: 1, count: 32))])
    }

    @Test("nothing is kept while changes are not heard") func deaf() {
        var cache = DataKeyCache(limit: 10)
        cache.insert(keys(), for: tenant(1), cache.ask())
        #expect(cache.lookup(tenant(1)) == nil)
        cache.heard()
        cache.insert(keys(), for: tenant(1), cache.ask())
        #expect(cache.lookup(tenant(1)) == keys())
        cache.lost()
        #expect(cache.lookup(tenant(1)) == nil)
        #expect(cache.count == 0)
    }

    @Test("destroyed keys are gone at once, and an answer from before does not bring them back") func destroyed() {
        var cache = DataKeyCache(limit: 10)
        cache.heard()
        cache.insert(keys(), for: tenant(1), cache.ask())
        cache.insert(keys(), for: tenant(2), cache.ask())
        let question = cache.ask()
        cache.changed(tenant(1))
        #expect(cache.lookup(tenant(1)) == nil)
        #expect(cache.lookup(tenant(2)) != nil)
        cache.insert(keys(), for: tenant(1), question)
        #expect(cache.lookup(tenant(1)) == nil)
    }

    @Test("it never holds more than its limit, and lets go of what was used longest ago") func bounded() {
        var cache = DataKeyCache(limit: 100)
        cache.heard()
        for number in 0..<10_000 {
            cache.insert(keys(), for: tenant(number), cache.ask())
            _ = cache.lookup(tenant(0))
            #expect(cache.count <= 100)
        }
        #expect(cache.lookup(tenant(0)) != nil)
        #expect(cache.lookup(tenant(9_999)) != nil)
        #expect(cache.lookup(tenant(5)) == nil)
    }

    @Test("a new version is there at once and seals a minute later; a first one at once") func settling() throws {
        let now = Timestamp(seconds: 1_772_352_000)
        let bytes = [UInt8](repeating: 1, count: 32)
        let keys = TenantKeys(versions: [
            .init(number: 2, createdAt: now, bytes: bytes), .init(number: 1, createdAt: now - .seconds(9), bytes: bytes),
        ])
        #expect(try keys.ring(at: now).all.map(\.id) == [1, 2])
        #expect(try keys.ring(at: now + .milliseconds(59_999)).newest.id == 1)
        #expect(try keys.ring(at: now + .seconds(60)).all.map(\.id) == [2, 1])
        #expect("\(keys)" == "TenantKeys(2, 1)")
    }
}
