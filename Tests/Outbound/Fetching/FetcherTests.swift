import Addresses
import Kernel
import Synchronization
import Testing

@testable import Outbound

/// Answers from a list, and time that passes only where somebody waits.
private final class World: Sendable {
    private let state = Mutex((answers: [Result<HTTPAnswer, OutboundError>](), sent: [HTTPRequest](), passed: Duration.zero))
    private let start = ContinuousClock.now

    var sent: [HTTPRequest] { state.withLock { $0.sent } }
    var passed: Duration { state.withLock { $0.passed } }
    func pass(_ time: Duration) { state.withLock { $0.passed += time } }

    func answers(_ list: Result<HTTPAnswer, OutboundError>...) { state.withLock { $0.answers += list } }
    func answers(_ status: Int, _ headers: [(String, String)] = [], _ body: String = "") throws {
        let url = try WebAddress("https://api.example.com/x")
        answers(.success(HTTPAnswer(status: status, headers: headers.map { (name: $0.0, value: $0.1) }, body: Array(body.utf8), url: url)))
    }

    func fetcher(store: any ResponseStore = MemoryResponseStore()) -> Fetcher {
        let time = TimeSource(
            now: { [self] in Timestamp("2026-03-01T12:00:00Z")! + passed }, instant: { [self] in start + passed })
        return Fetcher(
            send: { [self] request in
                try state.withLock { state in
                    state.sent.append(request)
                    guard !state.answers.isEmpty else { throw OutboundError.malformed("nothing more was expected") }
                    return try state.answers.removeFirst().get()
                }
            }, store: store, time: time, random: { 0.5 }, wait: { [self] in pass($0) })
    }
}

private struct BrokenStore: ResponseStore {
    func response(for key: CacheKey) async throws -> StoredResponse? { throw OutboundError.timedOut }
    func keep(_ response: StoredResponse, for key: CacheKey) async throws { throw OutboundError.timedOut }
}

@Suite struct FetcherTests {
    private static func fetch(_ cache: Fetch.Cache = .never, lifetime: Duration? = nil) throws -> Fetch {
        Fetch(HTTPRequest("GET", try WebAddress("https://api.example.com/x")), cache: cache, lifetime: lifetime)
    }

    private static func fault(_ fetcher: Fetcher, _ fetch: Fetch) async -> FetchFault? {
        do {
            _ = try await fetcher.fetch(fetch)
            return nil
        } catch { return error }
    }

    @Test func `a fault that passes is not seen`() async throws {
        let world = World()
        world.answers(.failure(.connectionLost("x")))
        try world.answers(503, [("retry-after", "2")])
        try world.answers(200, [], "here")
        let fetched = try await world.fetcher().fetch(try Self.fetch())
        #expect(fetched.answer.body == Array("here".utf8) && fetched.tries == 3 && fetched.origin == .network)
        #expect(world.passed >= .seconds(2) && world.passed < .seconds(4))
    }

    @Test func `a provider that wants a long pause is not asked again, and the fault says when it may be`() async throws {
        let world = World()
        try world.answers(429, [("retry-after", "3600")])
        let fault = await Self.fault(world.fetcher(), try Self.fetch())
        #expect(fault?.kind == .rateLimited && fault?.retryAfter == .seconds(3600) && fault?.tries == 1 && world.passed == .zero)
        #expect(fault?.reason == "api.example.com was asked too often and wants a pause; it will be tried again in 60 minutes at the earliest.")
    }

    @Test(arguments: [
        (400, FetchFault.Kind.rejected), (401, .notAllowed), (403, .notAllowed), (404, .notFound), (410, .notFound), (418, .rejected),
        (304, .rejected),
        (302, .tooManyRedirects), (500, .providerError), (501, .providerError),
    ])
    func `statuses are faults of their kind`(status: Int, kind: FetchFault.Kind) async throws {
        let world = World()
        for _ in 0..<3 { try world.answers(status, [("location", "/y")]) }
        let fault = await Self.fault(world.fetcher(), try Self.fetch())
        #expect(fault?.kind == kind && fault?.status == status && fault?.tries == (status == 500 ? 3 : 1))
    }

    @Test func `a fresh answer is given again without asking`() async throws {
        let world = World()
        try world.answers(200, [("etag", "\"1\"")], "one")
        let fetcher = world.fetcher()
        let fetch = try Self.fetch(.everybody, lifetime: .seconds(3600))
        _ = try await fetcher.fetch(fetch)
        world.pass(.seconds(3599))
        let again = try await fetcher.fetch(fetch)
        #expect(again.origin == .cache && again.tries == 0 && again.answer.body == Array("one".utf8) && world.sent.count == 1)
        #expect(again.at.description == "2026-03-01T12:00:00Z")
        world.pass(.seconds(2))
        try world.answers(304)
        let renewed = try await fetcher.fetch(fetch)
        #expect(renewed.origin == .revalidated && renewed.answer.body == Array("one".utf8) && renewed.answer.status == 200)
        #expect(world.sent.last?.headers.contains { $0 == ("if-none-match", "\"1\"") } == true)
        #expect(try await fetcher.fetch(fetch).origin == .cache)
    }

    @Test func `what one partition kept no other one is given`() async throws {
        let world = World()
        try world.answers(200, [("cache-control", "max-age=60")], "a")
        try world.answers(200, [("cache-control", "max-age=60")], "b")
        let fetcher = world.fetcher()
        #expect(try await fetcher.fetch(try Self.fetch(.within("a"))).answer.body == Array("a".utf8))
        #expect(try await fetcher.fetch(try Self.fetch(.within("b"))).answer.body == Array("b".utf8))
        #expect(try await fetcher.fetch(try Self.fetch(.within("a"))).answer.body == Array("a".utf8))
        #expect(world.sent.count == 2)
    }

    @Test func `a store that fails is passed over`() async throws {
        let world = World()
        try world.answers(200, [("cache-control", "max-age=60")], "x")
        #expect(try await world.fetcher(store: BrokenStore()).fetch(try Self.fetch(.everybody)).origin == .network)
    }

    @Test func `a host that fails and fails is left alone, another one is not`() async throws {
        let world = World()
        let fetcher = world.fetcher()
        for _ in 0..<6 { world.answers(.failure(.unreachable("x"))) }
        for _ in 0..<2 { #expect(await Self.fault(fetcher, try Self.fetch())?.isTemporary == true) }
        let paused = await Self.fault(fetcher, try Self.fetch())
        #expect(paused?.kind == .hostPaused && (paused?.retryAfter ?? .zero) > .zero && world.sent.count <= 6)
        try world.answers(200)
        var other = try Self.fetch()
        other.request.url = try WebAddress("https://other.example.com/")
        world.pass(.zero)
        #expect(await Self.fault(fetcher, other)?.kind != .hostPaused)
        for port in [8080, 8443] {
            var elsewhere = try Self.fetch()
            elsewhere.request.url = try WebAddress("https://\(elsewhere.request.url.host):\(port)/")
            try world.answers(200)
            #expect(await Self.fault(fetcher, elsewhere) == nil, "another port of the same host")
        }
        var theirs = try Self.fetch()
        theirs.circle = "somebody else"
        try world.answers(200)
        #expect(await Self.fault(fetcher, theirs) == nil, "what one makes fail, the others may ask")
        #expect(await Self.fault(fetcher, try Self.fetch())?.kind == .hostPaused)
    }

    @Test func `what a provider allows is counted, each try of it`() async throws {
        let world = World()
        let fetcher = world.fetcher()
        var fetch = try Self.fetch()
        fetch.provider = "places"
        fetch.quotas = [ProviderQuota(2, per: .hour)]
        world.answers(.failure(.timedOut))
        try world.answers(200)
        #expect(try await fetcher.fetch(fetch).tries == 2)
        let fault = await Self.fault(fetcher, fetch)
        #expect(fault?.kind == .quotaSpent && (fault?.retryAfter ?? .zero) > .seconds(3500) && world.sent.count == 2)
        fetch.quotas = [ProviderQuota(2, per: .seconds(5))]
        try world.answers(200)
        #expect(try await fetcher.fetch(fetch).tries == 1)
    }

    @Test func `a quota that has room soon is waited for`() async throws {
        let world = World()
        let fetcher = world.fetcher()
        var fetch = try Self.fetch()
        fetch.provider = "news"
        fetch.quotas = [ProviderQuota(1, per: .seconds(5))]
        try world.answers(200)
        try world.answers(200)
        _ = try await fetcher.fetch(fetch)
        _ = try await fetcher.fetch(fetch)
        #expect(world.passed == .seconds(5))
    }

    @Test func `no wait goes beyond the patience`() async throws {
        let world = World()
        var fetch = try Self.fetch()
        fetch.patience = .seconds(1)
        try world.answers(503, [("retry-after", "2")])
        let fault = await Self.fault(world.fetcher(), fetch)
        #expect(fault?.kind == .providerError && fault?.retryAfter == .seconds(2) && world.sent.count == 1 && world.passed == .zero)
    }

    // MARK: over a real connection

    @Test(arguments: [
        ("endless", FetchFault.Kind.tooLarge), ("bomb", .tooLarge), ("long_head", .tooLarge), ("cut", .connectionLost), ("reset", .connectionLost),
        ("not_http", .notUnderstood), ("bad_gzip", .notUnderstood), ("loop", .tooManyRedirects), ("status/500", .providerError),
        ("status/403", .notAllowed),
        ("redirect?to=http://10.0.0.1/", .addressRefused), ("redirect?to=file:///etc/passwd", .addressRefused),
        ("rate_limited?retry_after=99", .rateLimited),
        ("rate_limited_until", .rateLimited), ("stalled", .tooSlow), ("silent", .timedOut),
    ])
    func `every fault of a provider has its kind`(name: String, kind: FetchFault.Kind) async throws {
        let provider = try Provider()
        let fetcher = Fetcher(send: { try await provider.client.send($0) }, wait: { _ in })
        var fetch = try provider.fetch("/fault/\(name)")
        fetch.tries = 2
        fetch.request.pace = AnswerPace(
            firstByte: name == "silent" ? .milliseconds(300) : .seconds(900), bytes: 1, window: name == "stalled" ? .milliseconds(300) : .seconds(900)
        )
        let fault = await Self.fault(fetcher, fetch)
        #expect(fault?.kind == kind, "\(String(describing: fault))")
    }

    @Test func `a certificate of somebody else, and a name that leads inside, are faults of their kind`() async throws {
        let certificate = try Certificate(names: "DNS:api.test")
        let provider = try Provider(["inside.test": ["192.168.0.1"], "nowhere.test": []], certificate: certificate, believing: certificate)
        let fetcher = Fetcher(send: { try await provider.client.send($0) }, wait: { _ in })
        for (host, kind) in [("other.test", FetchFault.Kind.insecure), ("inside.test", .addressRefused), ("nowhere.test", .nameUnknown)] {
            #expect(await Self.fault(fetcher, try provider.fetch("/echo", host: host, scheme: "https"))?.kind == kind)
        }
        #expect(try await fetcher.fetch(provider.fetch("/echo", host: "api.test", scheme: "https")).answer.status == 200)
    }

    @Test func `validators are sent and believed over a real connection`() async throws {
        let provider = try Provider()
        let fetcher = Fetcher(send: { try await provider.client.send($0) })
        var fetch = try provider.fetch("/cached?etag=v1")
        fetch.cache = .everybody
        let first = try await fetcher.fetch(fetch)
        let second = try await fetcher.fetch(fetch)
        #expect(first.origin == .network && second.origin == .revalidated && second.answer.body == first.answer.body)
    }
}
