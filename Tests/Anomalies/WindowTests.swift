import Testing

@testable import Anomalies

@Suite struct WindowTests {
    @Test func quantilesAreThoseOfTheLastValuesInOrder() {
        var noise = Noise(3)
        var window = SortedWindow(capacity: 50)
        var all: [Double] = []
        for _ in 0..<400 {
            // Few different values, so that equal ones go out and come in.
            let value = (noise.uniform() * 20).rounded()
            window.insert(value)
            all.append(value)
            let sorted = all.suffix(50).sorted()
            for share in [0, 0.25, 0.5, 0.9, 1] {
                #expect(window.quantile(share) == sorted[Int((share * Double(sorted.count - 1)).rounded())])
            }
        }
        #expect(window.count == 50)
    }

    @Test func emptyWindowHasNoQuantile() { #expect(SortedWindow(capacity: 5).quantile(0.5) == nil) }

    @Test func oneHugeResidualDoesNotMoveTheScale() {
        var scale = ResidualScale(window: 200, share: 0.9, clip: 1.5)
        for at in 0..<100 { scale.learn(Double(at % 10 + 1)) }
        let before = scale.value
        scale.learn(1e9)
        #expect(scale.value <= before * 1.5)
        for _ in 0..<100 { scale.learn(20) }
        #expect(scale.value > before, "what stays is learned")
    }

    @Test func zerosSayNothingOfTheScale() {
        var scale = ResidualScale(window: 100, share: 0.9, clip: 1.5)
        for at in 0..<1000 { scale.learn(at % 10 == 0 ? 5 : 0) }
        #expect(scale.value == 5)
    }

    @Test func seasonalMedianIsThatOfTheSamePlaceInTheLastCycles() {
        var season = SeasonalMedian(period: 7, cycles: 4)
        #expect(season.expected() == nil)
        var values: [Double] = []
        for at in 0..<70 {
            if at >= 28 {
                let same = [7, 14, 21, 28].map { values[at - $0] }.sorted()
                #expect(season.expected() == (same[1] + same[2]) / 2)
            }
            let value = Double(at * at % 31)
            season.learn(value)
            values.append(value)
        }
    }

    @Test func recentMaximumIsThatOfAPlainSearch() {
        var noise = Noise(9)
        var recent = RecentMaximum(length: 20)
        var values: [Double] = []
        for _ in 0..<500 {
            let value = (noise.uniform() * 8).rounded()
            let expected = value > (values.suffix(20).max() ?? 0)
            #expect(recent.isAbove(value) == expected)
            values.append(value)
        }
    }

    @Test func decayingDeviationOfAConstantIsThatConstant() {
        var deviation = DecayingDeviation(rate: 0.1)
        for _ in 0..<100 { deviation.learn(3) }
        #expect(abs(deviation.value - 3) < 1e-12)
    }
}
