import Wire

/// The calls of other handlers that one invocation makes: their numbers, and how many are under way. A pure value.
struct CallMachine {
    /// How many may be under way at once; more wait for their turn.
    static let atOnce = 16

    private var newest: UInt32 = 0
    private var underWay: Set<UInt32> = []
    private var queue: [NestedCall] = []

    /// Whether nothing is under way and nothing waits.
    var isIdle: Bool { underWay.isEmpty && queue.isEmpty }

    /// A new call: its number, and whether it leaves now.
    mutating func begin(_ route: CalledRoute, _ body: [UInt8]) -> (call: NestedCall, leaves: Bool) {
        newest += 1
        let call = NestedCall(number: newest, method: route.method, path: route.path, query: route.query, body: body)
        guard underWay.count < Self.atOnce else {
            queue.append(call)
            return (call, false)
        }
        underWay.insert(call.number)
        return (call, true)
    }

    /// A call was answered; the one that leaves in its place. Throws where no call of that number is under way.
    mutating func answered(_ number: UInt32) throws(WireError) -> NestedCall? {
        guard underWay.remove(number) != nil else { throw WireError("an answer to the call \(number), which is not under way") }
        guard !queue.isEmpty else { return nil }
        let next = queue.removeFirst()
        underWay.insert(next.number)
        return next
    }

    /// Nobody waits for a call any more. One that is under way keeps its place until it is answered.
    mutating func abandon(_ number: UInt32) { queue.removeAll { $0.number == number } }
}
