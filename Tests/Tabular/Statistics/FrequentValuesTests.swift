import Testing

@testable import Tabular

@Suite struct FrequentValuesTests {
    private static func add(_ text: String, to values: inout FrequentValues) {
        var text = text
        text.withUTF8 { values.add(TextHash.of($0.baseAddress!, $0.count), $0.baseAddress!, $0.count) }
    }

    @Test func isExactWhileFewValuesDiffer() {
        var values = FrequentValues(capacity: 8)
        for text in ["b", "a", "b", "c", "b", "a"] { Self.add(text, to: &values) }
        #expect(values.isExact && values.top(2).map { "\($0.value)\($0.count)" } == ["b3", "a2"])
    }

    @Test func whatIsFrequentIsFoundAmongManyOthers() {
        var values = FrequentValues(capacity: 64)
        var counts: [String: Int] = [:]
        var state: UInt64 = 3
        for round in 0..<100_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let text = round % 10 == 0 ? "often" : round % 20 == 1 ? "sometimes" : "rare \(state >> 40)"
            counts[text, default: 0] += 1
            Self.add(text, to: &values)
        }
        let top = values.top(2, surely: 1000)
        #expect(!values.isExact && top.map(\.value) == ["often", "sometimes"])
        for entry in top { #expect(entry.atLeast <= counts[entry.value]! && counts[entry.value]! <= entry.count) }
    }

    @Test func boundsHoldForEveryValueAndAfterMerging() {
        var merged = FrequentValues(capacity: 32)
        var counts: [String: Int] = [:]
        var state: UInt64 = 11
        for _ in 0..<10 {
            var part = FrequentValues(capacity: 32)
            for _ in 0..<5000 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let text = "v\((state >> 33) % 400 * ((state >> 50) % 7) / 6)"
                counts[text, default: 0] += 1
                Self.add(text, to: &part)
            }
            merged.merge(part)
        }
        for round in 0..<3000 {
            let text = round % 3 == 0 ? "late" : "v\(round % 500)"
            counts[text, default: 0] += 1
            Self.add(text, to: &merged)
        }
        for entry in merged.top(32) { #expect(entry.atLeast <= counts[entry.value]! && counts[entry.value]! <= entry.count, "\(entry)") }
    }

    @Test func longTextsAreCutBetweenCharacters() {
        var values = FrequentValues(capacity: 4)
        Self.add(String(repeating: "ä", count: 60), to: &values)
        Self.add(String(repeating: "ä", count: 61), to: &values)
        let top = values.top(4)
        #expect(top.count == 2 && top[0].value.hasSuffix("ä…") && top[0].value.utf8.count <= 67)
    }
}
