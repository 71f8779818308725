import Addresses
import Kernel
import Testing

@testable import Outbound

@Suite struct CacheRuleTests {
    private static let now = Timestamp("2026-03-01T12:00:00Z")!
    private static let url = try? WebAddress("https://api.example.com/x?y=1")

    private static func answer(_ headers: [(String, String)], status: Int = 200) throws -> HTTPAnswer {
        HTTPAnswer(status: status, headers: headers.map { (name: $0.0, value: $0.1) }, body: Array("body".utf8), url: try #require(url))
    }

    @Test(
        arguments: [
            ([("cache-control", "max-age=60")], 60), ([("cache-control", "public, Max-Age=\"60\"")], 60),
            ([("cache-control", "max-age=60"), ("age", "20")], 40),
            ([("cache-control", "max-age=60"), ("age", "90")], 0), ([("cache-control", "no-cache, max-age=60")], 0),
            ([("cache-control", "max-age=x")], 0),
            ([("expires", "Sun, 01 Mar 2026 12:05:00 GMT")], 300), ([("expires", "0")], 0),
            ([("expires", "Sun, 01 Mar 2026 13:05:00 GMT"), ("date", "Sun, 01 Mar 2026 13:00:00 GMT")], 300),
            ([("cache-control", "max-age=10"), ("expires", "Sun, 01 Mar 2026 12:05:00 GMT")], 10),
            ([("last-modified", "Sun, 01 Mar 2026 11:58:20 GMT")], 10), ([("last-modified", "Thu, 01 Jan 1970 00:00:00 GMT")], 86_400), ([], 0),
            ([("vary", "*"), ("cache-control", "max-age=60")], 0),
        ] as [([(String, String)], Int)])
    func `an answer says how long it is fresh`(headers: [(String, String)], seconds: Int) throws {
        #expect(CacheRule.lifetime(of: try Self.answer(headers), at: Self.now) == .seconds(seconds))
    }

    @Test func `what is neither fresh nor can be asked for again is not kept`() throws {
        #expect(CacheRule.kept(try Self.answer([]), at: Self.now, lifetime: nil) == nil)
        #expect(CacheRule.kept(try Self.answer([("etag", "\"1\"")]), at: Self.now, lifetime: nil)?.freshUntil == Self.now)
        #expect(CacheRule.kept(try Self.answer([("etag", "\"1\""), ("cache-control", "no-store")]), at: Self.now, lifetime: nil) == nil)
        #expect(
            CacheRule.kept(try Self.answer([("cache-control", "no-store")]), at: Self.now, lifetime: .seconds(9))?.freshUntil == Self.now
                + .seconds(9))
        #expect(CacheRule.kept(try Self.answer([("cache-control", "max-age=60")], status: 404), at: Self.now, lifetime: .seconds(9)) == nil)
        let kept = CacheRule.kept(try Self.answer([("cache-control", "max-age=60"), ("set-cookie", "a=b")]), at: Self.now, lifetime: nil)
        #expect(kept?.header("set-cookie") == nil && kept?.body == Array("body".utf8))
    }

    @Test func `secrets are never shared, and partitions never meet`() throws {
        func key(_ cache: Fetch.Cache, _ headers: [(String, String)] = [], method: String = "GET") throws -> CacheKey? {
            CacheRule.key(of: Fetch(HTTPRequest(method, try #require(Self.url), headers: headers.map { (name: $0.0, value: $0.1) }), cache: cache))
        }
        #expect(try key(.never) == nil && key(.everybody, method: "POST") == nil)
        #expect(
            try key(.everybody, [("Authorization", "Bearer x")]) == nil && key(.everybody, [("cookie", "a")]) == nil
                && key(.everybody, [("X-API-Key", "a")]) == nil)
        let parts = try [key(.everybody), key(.within("")), key(.within("a")), key(.within("b")), key(.within("a"), [("accept", "text/csv")])]
        #expect(parts.allSatisfy { $0 != nil } && Set(parts).count == parts.count)
    }

    @Test func `a 304 renews what was kept`() throws {
        let kept = try #require(
            CacheRule.kept(try Self.answer([("etag", "\"1\""), ("content-type", "text/csv"), ("x", "old")]), at: Self.now, lifetime: nil))
        let later = Self.now + .seconds(100)
        let renewed = CacheRule.renewed(
            kept, by: try Self.answer([("cache-control", "max-age=60"), ("content-type", "text/html"), ("x", "new")], status: 304), at: later,
            lifetime: nil)
        #expect(renewed.freshUntil == later + .seconds(60) && renewed.storedAt == later && renewed.body == kept.body)
        #expect(renewed.header("content-type") == "text/csv" && renewed.header("x") == "new" && renewed.status == 200)
    }

    @Test func `a clock that was set back keeps nothing fresh for ever`() throws {
        let kept = try #require(CacheRule.kept(try Self.answer([("cache-control", "max-age=60")]), at: Self.now, lifetime: nil))
        #expect(CacheRule.isFresh(kept, at: Self.now + .seconds(59)) && !CacheRule.isFresh(kept, at: Self.now + .seconds(60)))
        #expect(!CacheRule.isFresh(kept, at: Self.now - .seconds(86_400)))
    }

    @Test func `the store gives up what was used least lately`() throws {
        var table = ResponseTable(limit: 10_000)
        func response(_ size: Int) -> StoredResponse {
            StoredResponse(
                status: 200, headers: [], body: [UInt8](repeating: 1, count: size), url: "https://a/", storedAt: Self.now, freshUntil: Self.now)
        }
        func key(_ name: String) -> CacheKey { CacheKey(partition: "", url: name, variant: "") }
        for name in ["a", "b", "c", "d", "e"] {
            table.keep(response(1500), for: key(name))
            _ = table.response(for: key("a"))
        }
        #expect(table.bytes <= 10_000 && table.response(for: key("a")) != nil && table.response(for: key("e")) != nil)
        table.keep(response(1500), for: key("f"))
        #expect(table.response(for: key("b")) == nil && table.response(for: key("a")) != nil && table.bytes <= 10_000)
        table.keep(response(5000), for: key("a"))
        #expect(table.response(for: key("a")) == nil)
    }
}
