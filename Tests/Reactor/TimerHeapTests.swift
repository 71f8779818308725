import Testing

@testable import Reactor

@Suite struct TimerHeapTests {
    private let start = ContinuousClock.now

    private func timer(_ milliseconds: Int) -> ReactorTimer {
        ReactorTimer(due: start.advanced(by: .milliseconds(milliseconds)), reactor: nil) {}
    }

    @Test("timers come out sorted, whatever was put in and taken out between", arguments: [UInt64(1), 2, 3, 4])
    func sorted(seed: UInt64) {
        var random = Lehmer(state: seed)
        var heap = TimerHeap()
        var kept: [ReactorTimer] = []
        for _ in 0..<500 {
            let timer = timer(Int.random(in: 0..<100, using: &random))
            heap.insert(timer)
            kept.append(timer)
            if Bool.random(using: &random), let victim = kept.indices.randomElement(using: &random) {
                heap.remove(kept[victim])
                heap.remove(kept[victim])
                kept.remove(at: victim)
            }
        }
        #expect(heap.count == kept.count)
        var last = start
        while let timer = heap.popDue(at: start.advanced(by: .seconds(1))) {
            #expect(timer.due >= last)
            last = timer.due
            kept.removeAll { $0 === timer }
        }
        #expect(kept.isEmpty && heap.isEmpty)
    }

    @Test("nothing comes out before it is due")
    func notEarly() {
        var heap = TimerHeap()
        let timer = timer(10)
        heap.insert(timer)
        #expect(heap.popDue(at: start.advanced(by: .milliseconds(9))) == nil)
        #expect(heap.popDue(at: start.advanced(by: .milliseconds(10))) === timer)
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
