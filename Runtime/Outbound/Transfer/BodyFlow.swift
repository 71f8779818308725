/// A body between a transfer that brings it and a reader that takes it, with a limit on what waits in between. A pure value.
struct BodyFlow {
    /// The transfer pauses above so many waiting bytes.
    static let most = 64 << 10
    /// A paused transfer goes on below so many.
    static let least = 16 << 10

    enum Next: Equatable {
        /// `resumes`: the transfer is to go on.
        case chunk([UInt8], resumes: Bool)
        case end
        case failed(OutboundError)
        /// Nothing yet. `resumes`: the transfer is to go on.
        case wait(resumes: Bool)
    }

    private var chunks: [[UInt8]] = []
    private var first = 0
    private(set) var waiting = 0
    private(set) var isPaused = false
    private var end: OutboundError??

    /// Whether a reader need not wait.
    var hasNews: Bool { first < chunks.count || end != nil }

    /// Whether a chunk was taken; if not, the transfer pauses and brings it again.
    mutating func arrived(_ chunk: UnsafeRawBufferPointer) -> Bool {
        guard waiting < Self.most else {
            isPaused = true
            return false
        }
        chunks.append(Array(chunk))
        waiting += chunk.count
        return true
    }

    /// Nothing comes after this; nil: the body is whole.
    mutating func finish(_ error: OutboundError?) {
        if end == nil { end = .some(error) }
    }

    mutating func take() -> Next {
        guard first < chunks.count else {
            if let end { return end.map { .failed($0) } ?? .end }
            defer { isPaused = false }
            return .wait(resumes: isPaused)
        }
        let chunk = chunks[first]
        chunks[first] = []
        first += 1
        if first == chunks.count { (chunks, first) = ([], 0) }
        waiting -= chunk.count
        let resumes = isPaused && waiting <= Self.least
        if resumes { isPaused = false }
        return .chunk(chunk, resumes: resumes)
    }
}
