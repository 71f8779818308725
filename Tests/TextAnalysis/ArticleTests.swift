import Testing

@testable import TextAnalysis

@Suite struct ArticleTests {
    private static let title = "Earthquake kills hundreds in Turkey"
    private static let text = "<p>The quake destroyed homes near Istanbul &amp; left thousands homeless.</p><p>Rescue teams search for survivors.</p>"

    @Test func anArticleIsReadAsAWhole() throws {
        let article = ArticleAnalysis(title: Self.title, text: Self.text)
        #expect(article.language == .english)
        #expect(try #require(article.sentiment).label == .negative)
        #expect(article.entities.filter { $0.kind == .place }.map(\.code) == ["TR", "TR"])
        #expect(article.topics.first?.topic == .disaster)
    }

    @Test func aNameIsToldOnce() {
        let article = ArticleAnalysis(title: "London calls", text: "It was in London. They said so in London.")
        #expect(article.entities.map(\.text) == ["London"])
    }

    @Test func otherLanguagesHaveNoTone() {
        let article = ArticleAnalysis(title: "Der Umsatz ist auf ein Rekordhoch gestiegen und die Aktie auch")
        #expect(article.language == .german)
        #expect(article.sentiment == nil && article.entities.isEmpty && article.topics.isEmpty)
    }

    @Test func nothingIsNothing() {
        let article = ArticleAnalysis(title: "", text: "")
        #expect(article.language == nil && article.sentiment == nil && article.entities.isEmpty && article.topics.isEmpty)
    }

    @Test func theTitleAloneHasItsOwnTone() {
        var scorer = SentimentScorer()
        #expect(ArticleAnalysis(title: Self.title).sentiment == scorer.score(Self.title))
    }

    @Test func anyMixOfPiecesIsRead() {
        let pieces = [
            "$", "€", "Rs", ".", " ", "\n", "5", "1,000", "bn", "March", "30", ",", "2024", "-", "US", "New", "York", "of", "&", "&amp;", "<b", ">",
            "Bank",
            "Ltd", "shares", "not", "but", "\u{2019}", "\"", "!", "Q3", "http://x", "ß", "東", "\u{0}", "J", "the", "said",
        ]
        var state: UInt64 = 17
        for _ in 0..<400 {
            var text = ""
            for _ in 0..<60 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += pieces[Int(state >> 33) % pieces.count]
                if state >> 62 == 0 { text += " " }
            }
            let article = ArticleAnalysis(title: text, text: text)
            #expect(article.entities.allSatisfy { !$0.text.isEmpty && (0...1).contains($0.confidence) })
            #expect(article.topics.allSatisfy { (0.2...1).contains($0.share) })
        }
    }
}
