import Testing

@testable import Forecasting

@Suite struct DecompositionTests {
    @Test("local lines leave a line as it is, inside and outside, with and without jumps")
    func line() {
        let values = Synthetic.series(50) { 3 + 0.5 * Double($0) }
        #expect(Synthetic.isNear(Loess.smooth(values, window: 11), values, within: 1e-9))
        #expect(Synthetic.isNear(Loess.smooth(values, window: 31, jump: 7), values, within: 1e-9))
        #expect(abs(Loess.value(values, at: 52, window: 9) - 29) < 1e-9)
        #expect(abs(Loess.value(values, at: -1, window: 99) - 2.5) < 1e-9)
    }

    @Test("trend and two seasons come apart")
    func two() {
        let day: [Double] = [0, 1, 3, 2, 5, 4, 2, 1, 0, -1, -3, -2, -5, -4, -2, -1, 2, 2, -2, -2, 1, -1, 3, -3]
        let week: [Double] = [4, 2, 0, -1, -2, -2, -1]
        let values = Synthetic.series(24 * 7 * 5) { 100 + 0.01 * Double($0) + day[$0 % 24] + week[$0 / 24 % 7] }
        let parts = MultipleSeasons(values, periods: [24, 168])
        #expect(parts.seasons.map(\.period) == [24, 168])
        for step in stride(from: 200, to: 600, by: 37) {
            let season = parts.seasons[0].values[step] + parts.seasons[1].values[step]
            #expect(abs(values[step] - parts.adjusted[step] - season) < 1e-9)
            let level = 100 + 0.01 * Double(step)
            #expect(abs(parts.adjusted[step] - level) < 0.3)
        }
        let ahead = parts.ahead(48)
        let next = Synthetic.series(48) { day[(values.count + $0) % 24] + week[(values.count + $0) / 24 % 7] }
        #expect(Synthetic.isNear(ahead, next, within: 0.3))
    }

    @Test("seasons of which fewer than two are seen are left out")
    func short() {
        let parts = MultipleSeasons(Synthetic.series(40) { Synthetic.place($0, 24) }, periods: [24, 168])
        #expect(parts.seasons.isEmpty)
        #expect(parts.trend.count == 40)
    }

    @Test("classical indices: mean one or none, and the season comes back at its place")
    func classical() throws {
        let values = Synthetic.series(26) { (10 + Double($0)) * [0.5, 1, 1.5, 1][$0 % 4] }
        let ratios = try #require(ClassicalDecomposition(values, period: 4, isMultiplicative: true))
        #expect(abs(Spread.mean(ratios.indices) - 1) < 1e-12)
        #expect(abs(ratios.indices[2] - 1.5) < 0.05)
        let adjusted = ratios.adjusted(values)
        let restored = values.indices.map { ratios.restored(adjusted[$0], at: $0) }
        #expect(Synthetic.isNear(restored, values, within: 1e-9))
        #expect(ClassicalDecomposition([1, 0, 1, 0, 1, 0], period: 2, isMultiplicative: true) == nil)
        #expect(ClassicalDecomposition([1, 2, 3], period: 2, isMultiplicative: false) == nil)
    }
}
