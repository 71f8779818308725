import Addresses
import Kernel
import Outbound

/// Many sources at once: how long they take and how much memory they hold.
struct LoadRun {
    /// Each source fetches so often, one after the other.
    static let rounds = 5
    let url: String
    let count: Int
    let dead: (url: String, count: Int)?

    func run() async throws {
        let address = try WebAddress(url)
        var rules = OutboundRules()
        rules.allow = ["127.0.0.0/8"]
        rules.ports = [address.port]
        let silent = try dead.map { try WebAddress($0.url) }
        if let silent { rules.ports.append(silent.port) }
        let client = try HTTPClient(rules, connections: 256)
        let start = ContinuousClock.now
        var waits: [Duration] = []
        var bytes = 0
        var failed = 0
        try await withThrowingTaskGroup(of: (Duration, Int)?.self) { group in
            for _ in 0..<(dead?.count ?? 0) {
                guard let silent else { break }
                group.addTask { try await Self.wait(silent, client) }
            }
            for _ in 0..<count { group.addTask { await Self.source(address, client) } }
            for _ in 0..<count {
                guard let result = try await group.next(), let (longest, read) = result else {
                    failed += 1
                    continue
                }
                waits.append(longest)
                bytes += read
            }
            group.cancelAll()
            while let _ = await group.nextResult() {}
        }
        let taken = ContinuousClock.now - start
        waits.sort()
        let half = waits.isEmpty ? 0 : waits[waits.count / 2].milliseconds
        let most = waits.last?.milliseconds ?? 0
        print(
            #"{"sources": \#(count), "failed": \#(failed), "seconds": \#(Double(taken.milliseconds) / 1000), "megabytes": \#(bytes >> 20), "#
                + #""wait_p50_ms": \#(half), "wait_max_ms": \#(most), "peak_mb": \#(Memory.peakMegabytes)}"#)
    }

    /// The longest of a source's fetches, and its bytes. Bodies are read bit by bit, as a table of any length is.
    private static func source(_ address: WebAddress, _ client: HTTPClient) async -> (Duration, Int)? {
        var longest = Duration.zero
        var bytes = 0
        for _ in 0..<rounds {
            var request = HTTPRequest("GET", address)
            request.limit = 1 << 30
            request.timeout = .seconds(600)
            let start = ContinuousClock.now
            do {
                bytes += try await client.stream(request) { _, body in
                    var count = 0
                    while let part = try await body.next() { count += part.count }
                    return count
                }
            } catch { return nil }
            longest = max(longest, ContinuousClock.now - start)
        }
        return (longest, bytes)
    }

    /// Asks a host that says nothing until it is cancelled. Never ends by itself.
    private static func wait(_ address: WebAddress, _ client: HTTPClient) async throws -> (Duration, Int)? {
        while true {
            try Task.checkCancellation()
            var request = HTTPRequest("GET", address)
            request.timeout = .seconds(600)
            do { _ = try await client.send(request) } catch OutboundError.cancelled { throw CancellationError() } catch {}
        }
    }
}
