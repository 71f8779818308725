import Kernel
import Testing

@testable import Host

@Suite("Addresses that misbehave") struct SuspicionTests {
    private let start = ContinuousClock.now
    private func at(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }
    private let address = ClientAddress(v4: 0xC000_0207)

    private func isSlowed(_ state: SuspicionTable.State) -> Bool { if case .slowed = state { true } else { false } }
    private func isBlocked(_ state: SuspicionTable.State) -> Bool { if case .blocked = state { true } else { false } }

    @Test("normal, slowed, blocked, and back; each change is told once") func states() {
        var table = SuspicionTable()
        var changes: [SuspicionTable.Change] = []
        for number in 0..<19 {
            if let change = table.note(.failedSignIn, of: address, at: at(0)) { changes.append(change) }
            #expect(table.state(address, at: at(0)) == .normal, "after \(number + 1)")
        }
        for _ in 0..<30 {
            if let change = table.note(.failedSignIn, of: address, at: at(0)) { changes.append(change) }
            #expect(isSlowed(table.state(address, at: at(0))))
        }
        for _ in 0..<100 { if let change = table.note(.failedSignIn, of: address, at: at(0)) { changes.append(change) } }
        #expect(changes == [.slowed, .blocked])
        #expect(table.state(address, at: at(0)) == .blocked(until: at(60)))
        #expect(isBlocked(table.state(address, at: at(59))))
        #expect(isSlowed(table.state(address, at: at(60))))
        #expect(table.state(address, at: at(63)) == .normal)
    }

    @Test("the delay grows from a tenth of a second to its limit") func delay() throws {
        var table = SuspicionTable()
        var last = Duration.zero
        for _ in 0..<49 {
            _ = table.note(.failedSignIn, of: address, at: at(0))
            if case .slowed(let delay) = table.state(address, at: at(0)) {
                #expect(delay >= .milliseconds(100) && delay <= .seconds(2) && delay > last)
                last = delay
            }
        }
        #expect(last > .seconds(1.8))
    }

    @Test("who comes back at once is blocked for longer; who stayed away starts anew") func again() {
        var table = SuspicionTable()
        var now = 0.0
        var blocks: [Double] = []
        for _ in 0..<4 {
            while table.note(.failedSignIn, of: address, at: at(now)) != .blocked {}
            guard case .blocked(let until) = table.state(address, at: at(now)) else { break }
            let length = at(now).duration(to: until)
            blocks.append(Double(length.components.seconds))
            now += blocks.last ?? 0
        }
        #expect(blocks == [60, 120, 240, 480])
        now += 600
        while table.note(.failedSignIn, of: address, at: at(now)) != .blocked {}
        #expect(table.state(address, at: at(now)) == .blocked(until: at(now + 60)))
    }

    @Test("points go away: an honest rate of mistakes is never slowed") func decay() {
        var table = SuspicionTable()
        for minute in 0..<600 {
            for _ in 0..<8 { _ = table.note(.failedSignIn, of: address, at: at(Double(minute) * 60)) }
            #expect(table.state(address, at: at(Double(minute) * 60)) == .normal)
        }
    }

    @Test("only that address is judged; IPv6 as a whole subscriber") func others() {
        var table = SuspicionTable()
        let six = ClientAddress(high: 7, low: 1)
        for _ in 0..<200 {
            _ = table.note(.failedSignIn, of: address, at: at(0))
            _ = table.note(.failedSignIn, of: six, at: at(0))
        }
        #expect(table.state(ClientAddress(v4: 0xC000_0208), at: at(0)) == .normal)
        #expect(isBlocked(table.state(ClientAddress(high: 7, low: 99), at: at(0))))
        #expect(table.state(ClientAddress(high: 8, low: 1), at: at(0)) == .normal)
    }

    @Test("a hundred malformed requests alone do not slow an address") func malformed() {
        var table = SuspicionTable()
        for _ in 0..<150 { #expect(table.note(.malformed, of: address, at: at(0)) == nil) }
        #expect(table.state(address, at: at(0)) == .normal)
        for _ in 0..<1000 { _ = table.note(.malformed, of: address, at: at(0)) }
        #expect(isBlocked(table.state(address, at: at(0))))
    }

    @Test("its memory is bounded, and who goes on is still known") func bounded() {
        var limits = SuspicionTable.Limits()
        limits.addresses = 100
        var table = SuspicionTable(limits)
        for _ in 0..<200 { _ = table.note(.failedSignIn, of: address, at: at(0)) }
        for number in 0..<10_000 as Range<UInt32> {
            _ = table.note(.unknownPath, of: ClientAddress(v4: number), at: at(0))
            #expect(table.count <= 101)
            if number % 20 == 0 { _ = table.note(.unknownPath, of: address, at: at(0)) }
        }
        #expect(isBlocked(table.state(address, at: at(0))))
    }
}
