import Wire

/// The body, the answer and the end of one invocation. A pure value: the exchange acts on what it returns.
struct StreamMachine {
    /// How far the answer is.
    enum Stage {
        /// Nothing has left: an error can still be answered.
        case silent
        /// The head has left: an error aborts.
        case streaming
        /// The last frame has left.
        case over
    }

    /// What a reader of the body gets.
    enum Read: Equatable {
        case piece([UInt8], grant: UInt32?)
        case end
        case wait
    }

    private(set) var stage = Stage.silent
    /// Why nobody waits any more; nil while somebody does.
    private(set) var cancelled: CancelReason?
    /// The length of the whole body, in bytes.
    let bodyLength: UInt64

    private var first: [UInt8]
    private var pieces: [[UInt8]] = []
    private var next = 0
    private var missing: UInt64
    private var received = ReceiveCredit()
    private var credit = SendCredit()

    init(body: [UInt8], following: UInt64) {
        first = body
        missing = following
        bodyLength = UInt64(body.count) + following
    }

    /// Bytes of the body arrived.
    mutating func arrive(_ bytes: [UInt8]) throws(WireError) {
        guard UInt64(bytes.count) <= missing else { throw WireError("a body is longer than announced") }
        guard received.receive(bytes.count) else { throw WireError("a body came faster than granted") }
        missing -= UInt64(bytes.count)
        if !bytes.isEmpty { pieces.append(bytes) }
    }

    /// The gateway says that the body is complete.
    func bodyEnds() throws(WireError) {
        guard missing == 0 else { throw WireError("a body ended \(missing) bytes too early") }
    }

    /// The next piece of the body, and the credit to grant for it.
    mutating func read() -> Read {
        if !first.isEmpty {
            defer { first = [] }
            return .piece(first, grant: nil)
        }
        guard next < pieces.count else { return missing == 0 ? .end : .wait }
        let piece = pieces[next]
        next += 1
        if next == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            next = 0
        }
        return .piece(piece, grant: missing == 0 ? nil : received.consume(piece.count))
    }

    /// The whole body where it came with the head, as nearly all do; nil where it must be read piece by piece.
    mutating func readAll() -> [UInt8]? {
        guard missing == 0, pieces.isEmpty else { return nil }
        defer { first = [] }
        return first
    }

    /// The head leaves; the answer follows in chunks.
    mutating func begin() { stage = .streaming }

    /// How many of so many bytes may leave now, as one chunk; they count as sent.
    mutating func spend(_ count: Int) -> Int {
        let allowed = min(count, credit.available, Frame.maximumChunk)
        credit.spend(allowed)
        return allowed
    }

    /// The gateway takes more.
    mutating func grant(_ count: UInt32) { credit.grant(count) }

    /// Nobody waits any more; false if that was known or the answer is complete.
    mutating func cancel(_ reason: CancelReason) -> Bool {
        guard cancelled == nil, stage != .over else { return false }
        cancelled = reason
        return true
    }

    /// The last frame leaves; false if it did before.
    mutating func finish() -> Bool {
        guard stage != .over else { return false }
        stage = .over
        return true
    }
}
