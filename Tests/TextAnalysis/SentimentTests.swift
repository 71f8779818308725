import Testing

@testable import TextAnalysis

@Suite struct SentimentTests {
    private static func tone(_ text: String) -> Sentiment {
        var scorer = SentimentScorer()
        return scorer.score(text)
    }

    @Test(arguments: [
        "Profit surges to a record as sales beat forecasts", "Scientists celebrate breakthrough in cancer treatment",
        "Shares rally on strong earnings",
        "The team won the championship and the fans were delighted", "I love this phone, it is excellent",
    ])
    func goodNewsIsPositive(text: String) {
        let tone = Self.tone(text)
        #expect(tone.label == .positive)
        #expect(tone.score > 0.2)
    }

    @Test(arguments: [
        "Dozens killed as bomb explodes at crowded market", "Shares plunge after profit warning and fraud probe", "The company filed for bankruptcy",
        "He was arrested on charges of murder", "This is a terrible camera, a waste of money", "Earthquake leaves thousands homeless",
    ])
    func badNewsIsNegative(text: String) {
        let tone = Self.tone(text)
        #expect(tone.label == .negative)
        #expect(tone.score < -0.2)
    }

    @Test func rolesOfWordsTurnTheTone() {
        #expect(Self.tone("Profit rises").score > Self.tone("Profit falls").score)
        #expect(Self.tone("Losses narrow").score > Self.tone("Losses widen").score)
        #expect(Self.tone("The food was good").score > Self.tone("The food was not good").score)
    }

    @Test(arguments: ["", "   ", "123 456", "!!! ???", "…"]) func withoutWordsThereIsNoTone(text: String) {
        #expect(Self.tone(text) == Sentiment(score: 0, label: .neutral))
    }

    @Test func theSameTextHasTheSameToneWhateverCameBefore() {
        let text = "Oil prices ease as supply fears fade"
        var used = SentimentScorer()
        for other in ["Crisis!", String(repeating: "gain ", count: 2000), ""] { _ = used.score(other) }
        #expect(used.score(text) == Self.tone(text))
    }

    @Test func anyBytesHaveAToneWithinItsBounds() {
        var scorer = SentimentScorer()
        var state: UInt64 = 5
        for length in 0..<600 {
            var bytes: [UInt8] = []
            for _ in 0..<length {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                // Many of them lead bytes of punctuation, quotes and letters.
                bytes.append(state >> 60 < 4 ? [0xE2, 0x80, 0x99, 0x27][Int(state >> 40 & 3)] : UInt8(truncatingIfNeeded: state >> 33))
            }
            let tone = scorer.score(bytes.span)
            #expect((-1...1).contains(tone.score))
        }
    }

    @Test func theWeightsAreWhole() {
        let text = SentimentWeights.text.withUTF8Buffer { [UInt8]($0) }
        let lines = text.split(separator: 0x0A)
        #expect(lines.count == 2 * FeatureList.hashed / 2048)
        #expect(lines.allSatisfy { $0.count == 2048 && $0.allSatisfy { (0x28...0x7D).contains($0) && $0 != 0x5C } })
        #expect(text.count <= 1 << 20)
        #expect(SentimentWeights.largest > 0)
    }

    // The authors' own examples (github.com/cjhutto/vaderSentiment, README).
    @Test(arguments: [
        ("VADER is smart, handsome, and funny.", 0.8316), ("VADER is smart, handsome, and funny!", 0.8439),
        ("VADER is very smart, handsome, and funny.", 0.8545), ("The book was good.", 0.4404),
        ("The plot was good, but the characters are uncompelling and the dialog is not great.", -0.7042),
    ])
    func valencesAreThoseOfVader(text: String, compound: Float) {
        var scanner = WordScanner()
        scanner.scan(Array(text.utf8).span)
        let tones = scanner.words.map { ToneTable.shared.tone(of: $0.hash) }
        let marks = text.utf8.count { $0 == UInt8(ascii: "!") }
        let outcome = ValenceRules.apply(scanner.words, tones, exclamations: marks, isAllShouted: false)
        #expect(abs(outcome.compound - compound) < 0.001)
    }
}
