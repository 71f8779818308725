import Addresses
import Glibc
import Kernel
import Outbound

/// Addresses that must not be reached, and some that must.
struct CaseRun {
    struct Case: Decodable {
        let id: Int
        let url: String
        let expect: String
        let when: String
    }

    private let cases: [Case]

    init(_ path: String) throws { cases = try JSON.decode([Case].self, from: try JSON.read(try File.read(path, limit: 4 << 20))) }

    /// Prints what became of each, and ends with 1 where one is not as it must be.
    func run() async throws {
        let client = try HTTPClient(OutboundRules())
        var failed = 0
        for row in cases {
            let start = ContinuousClock.now
            let (isRight, outcome) = await judge(row, client)
            if !isRight { failed += 1 }
            print("\(isRight ? "ok    " : "FAILED") \(row.id) \(row.expect) \(row.when) \((ContinuousClock.now - start).milliseconds) ms: \(outcome)")
        }
        print("\(cases.count - failed) of \(cases.count) as expected, peak memory \(Memory.peakMegabytes) MB")
        if failed > 0 { exit(1) }
    }

    private func judge(_ row: Case, _ client: HTTPClient) async -> (Bool, String) {
        let address: WebAddress
        do {
            address = try WebAddress(normalizing: row.url)
            try OutboundRules().check(address)
        } catch { return (row.expect == "block" && row.when == "save", "refused when saved: \(error)") }
        guard row.when == "fetch" else { return (false, "was saved") }
        var fetch = Fetch(HTTPRequest("GET", address))
        fetch.tries = 1
        // A circuit of its own for each.
        let fetcher = Fetcher(send: { try await client.send($0) })
        do {
            let fetched = try await fetcher.fetch(fetch)
            let text = String(decoding: fetched.answer.body, as: UTF8.self)
            // Names that change and pages that point elsewhere are answered by the host that was checked.
            return (!text.contains("CANARY"), "\(fetched.answer.status) from \(fetched.answer.url.text), \(text.count) characters")
        } catch { return (row.expect == "block", "\(error.kind.rawValue): \(error.reason)") }
    }
}
