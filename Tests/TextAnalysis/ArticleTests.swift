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
}
