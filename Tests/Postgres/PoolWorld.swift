import Kernel

@testable import Postgres

/// A made-up server and made-up callers around a pool, driven by random numbers, that notes what must never happen.
struct PoolWorld {
    var pool: PoolMachine
    var random: Lehmer
    var now: ContinuousClock.Instant
    private(set) var complaints: [String] = []
    private var connecting: Set<Int> = []
    private var wires: [Int: [Int]] = [:]
    private var lent: [Int: Int] = [:]
    private var waiting: [Int: (need: PoolMachine.Need, deadline: Deadline)] = [:]
    private var cancels: Set<Int> = []
    private var lastRequest = 0

    init(pool: PoolMachine, random: Lehmer, start: ContinuousClock.Instant) {
        self.pool = pool
        self.random = random
        now = start
    }

    mutating func step() {
        now = now.advanced(by: .milliseconds(Int.random(in: 0...5, using: &random)))
        switch Int.random(in: 0..<12, using: &random) {
        case 0...3: submit()
        case 4...6: answer()
        case 7: connect()
        case 8: if let connection = wires.keys.randomElement(using: &random) { lose(connection) }
        case 9: abandon()
        case 10: returnCancel()
        default:
            pool.idlePeriodPassed()
            for request in pool.expire(at: now) { abandon(request) }
        }
        drain()
        checkParties()
    }

    /// Lets everything that is under way end.
    mutating func finish() {
        for _ in 0..<200 where !(waiting.isEmpty && wires.values.allSatisfy(\.isEmpty)) {
            now = now.advanced(by: .seconds(3))
            for _ in 0..<4 {
                answer()
                connect()
                returnCancel()
            }
            for request in pool.expire(at: now) { abandon(request) }
            drain()
        }
        if !waiting.isEmpty { complaints.append("\(waiting.count) callers were never answered") }
    }

    private mutating func submit() {
        lastRequest += 1
        let need: PoolMachine.Need = [.shortRead, .shortRead, .alone, .own].randomElement(using: &random) ?? .alone
        let deadline = Deadline(now.advanced(by: .milliseconds(Int.random(in: 0...200, using: &random))))
        waiting[lastRequest] = (need, deadline)
        pool.submit(lastRequest, need, party: [nil, 1, 1, 1, 2].randomElement(using: &random) ?? nil, deadline: deadline, at: now)
    }

    /// No party may hold every connection.
    private mutating func checkParties() {
        for party in [1, 2] as [WaitQueue.Party] {
            let held = pool.members.count {
                $0.owner?.party == party || $0.pipeline.head?.party == party || $0.pipeline.second?.party == party
            }
            if held >= pool.limits.connections { complaints.append("party \(party) holds all \(held) connections") }
        }
    }

    private mutating func connect() {
        guard let connection = connecting.randomElement(using: &random) else { return }
        connecting.remove(connection)
        if Bool.random(using: &random) {
            wires[connection] = []
            pool.connected(connection)
        } else {
            pool.connectFailed(connection, permanent: false, at: now, jitter: 0.5)
        }
    }

    private mutating func answer() {
        guard let connection = wires.keys.randomElement(using: &random) else { return }
        if let request = lent.removeValue(forKey: connection) {
            _ = request
            wires[connection] = nil
            pool.lost(connection)
        } else if wires[connection]?.isEmpty == false {
            let request = wires[connection]?.removeFirst()
            if pool.finished(connection)?.request != request { complaints.append("the pool lost count of the wire") }
        }
    }

    private mutating func lose(_ connection: Int) {
        wires[connection] = nil
        lent[connection] = nil
        cancels.remove(connection)
        pool.lost(connection)
    }

    private mutating func abandon() {
        let candidates = Array(waiting.keys) + wires.values.joined()
        if let request = candidates.randomElement(using: &random) { abandon(request) }
    }

    private mutating func abandon(_ request: Int) {
        switch pool.abandon(request) {
        case .waiting: waiting[request] = nil
        case .onWire(let connection, let cancel):
            if cancel, wires[connection]?.first != request { complaints.append("a cancel for one that is not the head") }
            if cancel { cancels.insert(connection) }
        case .unknown: break
        }
    }

    private mutating func returnCancel() {
        guard let connection = cancels.randomElement(using: &random) else { return }
        cancels.remove(connection)
        if pool.withPipeline(connection, { $0.cancelReturned() }) == .again, pool.withPipeline(connection, { $0.cancelAgain() }) == true {
            cancels.insert(connection)
        }
    }

    private mutating func drain() {
        while let action = pool.next(at: now) {
            switch action {
            case .open(let connection): connecting.insert(connection)
            case .close(let connection):
                if wires[connection]?.isEmpty == false { complaints.append("closed in the middle of something") }
                connecting.remove(connection)
                wires[connection] = nil
            case .send(let request, let connection):
                guard let caller = waiting.removeValue(forKey: request) else { return complaints.append("sent what nobody asked") }
                if caller.deadline.hasPassed(at: now) { complaints.append("pitfall 37: sent after its deadline") }
                if cancels.contains(connection) { complaints.append("pitfall 36: sent while a cancel was out") }
                if wires[connection]?.isEmpty == false, caller.need != .shortRead {
                    complaints.append("pitfall 50: a long one was sent behind another")
                }
                wires[connection]?.append(request)
                if (wires[connection]?.count ?? 3) > 2 { complaints.append("more than two on a wire") }
            case .lend(let request, let connection):
                if waiting.removeValue(forKey: request) == nil { complaints.append("lent to nobody") }
                lent[connection] = request
            case .fail(let request, _):
                if waiting.removeValue(forKey: request) == nil { complaints.append("failed one that did not wait") }
            }
            if connecting.count + wires.count > 3 { complaints.append("pitfall 38: more connections than allowed") }
            for connection in Array(wires.keys) {
                // As the shell does once all that had arrived is taken in.
                if pool.withPipeline(connection, { $0.cancelsNewHead() }) == true { cancels.insert(connection) }
            }
        }
    }
}

/// A repeatable source of random numbers.
struct Lehmer: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
