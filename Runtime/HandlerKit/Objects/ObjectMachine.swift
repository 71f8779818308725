import Wire

/// One request about an object, seen from the process. A pure value: the exchange acts on what it returns.
struct ObjectMachine {
    /// What a reader gets.
    enum Read: Equatable {
        case piece([UInt8], grant: UInt32?)
        case end
        case wait
        case failed(ObjectFailure)
    }

    /// What the gateway said first.
    private(set) var result: ObjectOutcome.Result?
    /// Why the pieces broke off.
    private var failure: ObjectFailure?
    private var pieces: [[UInt8]] = []
    private var next = 0
    private var isComplete = false
    private var received = ReceiveCredit()
    private var credit = SendCredit()

    /// How many of so many bytes may leave now, as one piece; they count as sent.
    mutating func spend(_ count: Int) -> Int {
        let allowed = min(count, credit.available, Frame.maximumChunk)
        credit.spend(allowed)
        return allowed
    }

    /// The gateway takes more.
    mutating func grant(_ count: UInt32) { credit.grant(count) }

    /// The gateway answers.
    mutating func answered(_ result: ObjectOutcome.Result) throws(WireError) {
        guard self.result != nil else {
            self.result = result
            return
        }
        guard case .failed(let failure) = result, !isComplete else { throw WireError("a second outcome of one request about an object") }
        self.failure = failure
    }

    /// Bytes arrived.
    mutating func arrive(_ bytes: [UInt8]) throws(WireError) {
        guard result != nil, !isComplete else { throw WireError("a piece of an object that is not read") }
        guard received.receive(bytes.count) else { throw WireError("an object came faster than granted") }
        if !bytes.isEmpty { pieces.append(bytes) }
    }

    /// All bytes are here.
    mutating func closed() { isComplete = true }

    /// The next piece, and the credit to grant for it.
    mutating func read() -> Read {
        guard next < pieces.count else {
            if let failure { return .failed(failure) }
            if case .failed(let failure) = result { return .failed(failure) }
            return isComplete ? .end : .wait
        }
        let piece = pieces[next]
        next += 1
        if next == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            next = 0
        }
        return .piece(piece, grant: isComplete ? nil : received.consume(piece.count))
    }
}
