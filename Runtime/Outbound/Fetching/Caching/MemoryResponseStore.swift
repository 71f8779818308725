import Synchronization

/// Keeps answers in this process, those used least lately given up first.
public final class MemoryResponseStore: ResponseStore {
    private let table: Mutex<ResponseTable>

    /// `limit` is the most bytes of bodies together; defaults to 8 MB. A body of more than a quarter of that is not kept.
    public init(limit: Int = 8 << 20) { table = Mutex(ResponseTable(limit: limit)) }

    public func response(for key: CacheKey) async -> StoredResponse? { table.withLock { $0.response(for: key) } }
    public func keep(_ response: StoredResponse, for key: CacheKey) async { table.withLock { $0.keep(response, for: key) } }
}

/// Answers by their keys within a limit of bytes. A pure value.
struct ResponseTable {
    private let limit: Int
    private var responses: [CacheKey: (response: StoredResponse, use: Int)] = [:]
    private var uses = 0
    private(set) var bytes = 0

    init(limit: Int) { self.limit = limit }

    mutating func response(for key: CacheKey) -> StoredResponse? {
        guard let found = responses[key] else { return nil }
        uses += 1
        responses[key] = (found.response, uses)
        return found.response
    }

    mutating func keep(_ response: StoredResponse, for key: CacheKey) {
        if let old = responses.removeValue(forKey: key) { bytes -= Self.size(old.response, key) }
        let size = Self.size(response, key)
        guard size <= limit / 4 else { return }
        bytes += size
        uses += 1
        responses[key] = (response, uses)
        // Few entries are large, so a walk over all is short beside the fetch that led here.
        while bytes > limit, let oldest = responses.min(by: { $0.value.use < $1.value.use }) {
            bytes -= Self.size(oldest.value.response, oldest.key)
            responses[oldest.key] = nil
        }
    }

    private static func size(_ response: StoredResponse, _ key: CacheKey) -> Int {
        response.body.count
            + response.headers.reduce(256 + key.url.utf8.count + key.variant.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    }
}
