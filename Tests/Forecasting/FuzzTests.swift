import Testing

@testable import Forecasting

@Suite struct FuzzTests {
    /// Xorshift (Marsaglia 2003): the same series in every run.
    struct Generator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }

        mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }
    }

    @Test("whatever is made up: finite, in order, as long as asked", arguments: 1...60 as ClosedRange<UInt64>)
    func made(seed: UInt64) {
        var generator = Generator(state: seed &* 0x9E37_79B9_7F4A_7C15)
        let count = Int(generator.next() % 300)
        let period = Int(generator.next() % 12) + 1
        let kind = generator.next() % 5
        var scale = 1.0
        for _ in 0..<Int(generator.next() % 40) { scale *= seed.isMultiple(of: 2) ? 1e7 : 1e-7 }
        var level = generator.unit() * 100
        var values: [Double] = []
        for step in 0..<count {
            level += generator.unit() - 0.5
            switch kind {
            case 0: values.append(generator.unit() * scale)
            case 1: values.append(level * scale)
            case 2: values.append((level + Synthetic.place(step, period)) * scale)
            case 3: values.append(generator.unit() < 0.8 ? 0 : scale)
            default: values.append(step < count / 2 ? -scale : scale * Synthetic.place(step, period))
            }
        }
        let horizon = Int(generator.next() % 40) + 1
        let frequency = Frequency.allCases[Int(generator.next() % UInt64(Frequency.allCases.count))]
        let forecast = AutomaticForecast.run(
            values, ForecastOptions(horizon: horizon, frequency: frequency, firstDay: Int(generator.next() % 20_000)))
        #expect(AutomaticForecastTests.isSound(forecast, horizon), "\(kind) \(count) \(frequency)")
    }
}
