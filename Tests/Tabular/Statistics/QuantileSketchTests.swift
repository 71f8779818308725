import Tabular
import Testing

@Suite struct QuantileSketchTests {
    /// Values in every order that a stream may have.
    private static func stream(_ kind: String, _ count: Int) -> [Double] {
        var state: UInt64 = 77
        switch kind {
        case "rising": return (0..<count).map { Double($0) }
        case "falling": return (0..<count).map { Double(count - 1 - $0) }
        case "zigzag": return (0..<count).map { Double($0 % 2 == 0 ? $0 / 2 : count - 1 - $0 / 2) }
        default:
            var values = (0..<count).map { Double($0) }
            for index in values.indices.reversed() {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                values.swapAt(index, Int(state >> 33) % (index + 1))
            }
            return values
        }
    }

    @Test(arguments: ["rising", "falling", "zigzag", "shuffled"])
    func ranksAreRightWithinTheBound(kind: String) throws {
        let count = 200_000
        var sketch = QuantileSketch(size: 512)
        for value in Self.stream(kind, count) { sketch.add(value) }
        let sample = sketch.sorted()
        #expect(!sample.isExact)
        for share in [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] {
            let found = try #require(sample.quantile(share))
            #expect(abs(found / Double(count) - share) < 0.012, "\(kind) \(share)")
        }
        #expect(abs(Double(sample.rank(50_000)) / Double(count) - 0.25) < 0.012)
    }

    @Test func isExactAndInterpolatesWhileAllValuesAreThere() {
        var sketch = QuantileSketch(size: 64)
        for value in [4.0, 1, 3, 2] { sketch.add(value) }
        let sample = sketch.sorted()
        #expect(sample.isExact && sample.quantile(0.5) == 2.5 && sample.quantile(0.25) == 1.75 && sample.quantile(0) == 1 && sample.quantile(1) == 4)
        #expect(sample.rank(2) == 2 && sample.rank(0) == 0)
        #expect(QuantileSketch().sorted().quantile(0.5) == nil)
    }

    @Test func mergedSketchesAnswerAsOne() throws {
        let values = Self.stream("shuffled", 100_000)
        var merged = QuantileSketch(size: 512)
        for part in 0..<20 {
            var sketch = QuantileSketch(size: 512, seed: UInt64(part + 1))
            for value in values[part * 5000..<(part + 1) * 5000] { sketch.add(value) }
            merged.merge(sketch)
        }
        #expect(merged.count == 100_000)
        #expect(abs(try #require(merged.sorted().quantile(0.5)) / 100_000 - 0.5) < 0.015)
    }
}
