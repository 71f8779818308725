import Testing

@testable import Tabular

@Suite struct DistinctCounterTests {
    private static func hash(_ number: Int) -> UInt64 {
        var text = "value \(number)"
        return text.withUTF8 { TextHash.of($0.baseAddress!, $0.count) }
    }

    @Test func isExactUpToTheLimit() {
        var counter = DistinctCounter(limit: 1000)
        for _ in 0..<3 { for number in 0..<1000 { counter.add(Self.hash(number)) } }
        #expect(counter.isExact && counter.count == 1000)
        counter.add(Self.hash(1000))
        #expect(!counter.isExact)
    }

    @Test(arguments: [1500, 5000, 20_000, 100_000, 400_000])
    func estimatesWithinThreeErrors(count: Int) {
        var counter = DistinctCounter(limit: 1000, precision: 12)
        for number in 0..<count { counter.add(Self.hash(number)) }
        #expect(abs(Double(counter.count) / Double(count) - 1) < 3 * 1.04 / 64)
    }

    @Test func mergesInEveryState() {
        func counter(_ range: Range<Int>) -> DistinctCounter {
            var counter = DistinctCounter(limit: 1000, precision: 12)
            for number in range { counter.add(Self.hash(number)) }
            return counter
        }
        var small = counter(0..<300)
        small.merge(counter(200..<500))
        #expect(small.isExact && small.count == 500)
        for (a, b) in [(0..<300, 0..<20_000), (0..<20_000, 19_000..<20_500), (0..<15_000, 5000..<20_000)] {
            var merged = counter(a)
            merged.merge(counter(b))
            #expect(abs(Double(merged.count) / Double(max(a.upperBound, b.upperBound)) - 1) < 0.05)
        }
    }

    @Test func textsOfEveryLengthDiffer() {
        var hashes: Set<UInt64> = []
        for length in 0..<200 {
            let bytes = [UInt8](repeating: 0, count: length) + [1]
            hashes.insert(bytes.withUnsafeBufferPointer { TextHash.of($0.baseAddress!, length) })
        }
        #expect(hashes.count == 200)
    }
}
