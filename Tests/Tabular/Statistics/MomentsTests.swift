import Tabular
import Testing

@Suite struct MomentsTests {
    private static func numbers(_ count: Int) -> [Double] {
        var state: UInt64 = 5
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(Int64(bitPattern: state) >> 40) / 100
        }
    }

    @Test func agreesWithTwoPasses() throws {
        let numbers = Self.numbers(5000)
        var moments = Moments()
        for number in numbers { moments.add(number) }
        let mean = numbers.reduce(0, +) / 5000
        let variance = numbers.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 4999
        #expect(abs(try #require(moments.mean) - mean) < 1e-6)
        #expect(abs(try #require(moments.standardDeviation) / variance.squareRoot() - 1) < 1e-9)
        #expect(moments.least == numbers.min() && moments.greatest == numbers.max())
    }

    @Test func sumsWhereDigitsWouldBeLost() {
        var moments = Moments()
        for value in [1e16, 1, -1e16, 1] { moments.add(value) }
        #expect(moments.sum == 2)
    }

    @Test func mergingIsAsGoodAsOnePass() throws {
        let numbers = Self.numbers(3000)
        var whole = Moments()
        for number in numbers { whole.add(number) }
        var parts = Moments()
        for start in stride(from: 0, to: 3000, by: 700) {
            var part = Moments()
            for number in numbers[start..<min(start + 700, 3000)] { part.add(number) }
            parts.merge(part)
        }
        #expect(parts.count == whole.count && abs(parts.sum - whole.sum) < 1e-6)
        #expect(abs(try #require(parts.standardDeviation) / (try #require(whole.standardDeviation)) - 1) < 1e-12)
    }

    @Test func nothingHasNoMean() {
        let moments = Moments()
        #expect(moments.mean == nil && moments.standardDeviation == nil)
    }
}
