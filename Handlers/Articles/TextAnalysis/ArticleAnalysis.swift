/// What an article of the news says: all findings of this target over one title and text.
public struct ArticleAnalysis: Sendable {
    /// nil: nothing tells.
    public var language: Language?
    /// nil: not English, or no word. Over title and sentences: the title counts as three of them.
    public var sentiment: Sentiment?
    /// Of title and text, each name once, in the order of their first places; empty for other languages than English.
    public var entities: [Entity]
    public var topics: [TopicFinder.Finding]

    /// Sentences that are read; an article says what matters first.
    private static let longest = 40
    private static let weightOfTitle: Float = 3

    /// Reads an article as a news service sent it; markup is taken out first.
    public init(title: String, text: String = "") {
        let title = TextCleaner.clean(title)
        let text = TextCleaner.clean(text)
        let both = text.isEmpty ? title : title + "\n" + text
        language = Language.of(both)
        guard language == nil || language == .english else {
            entities = []
            topics = []
            return
        }
        sentiment = Self.tone(title, text)
        var entityFinder = EntityFinder()
        var named: Set<String> = []
        entities = entityFinder.find(in: both).filter { named.insert("\($0.kind) \($0.text)").inserted }
        var topicFinder = TopicFinder()
        topics = topicFinder.find(title: title, text: text)
    }

    private static func tone(_ title: String, _ text: String) -> Sentiment? {
        var scorer = SentimentScorer()
        var sum = ToneShares()
        var weight: Float = 0
        let pieces = [(title[...], weightOfTitle)] + Sentences.split(text).prefix(longest).map { ($0, Float(1)) }
        for (piece, counts) in pieces {
            guard let shares = scorer.shares(of: Array(piece.utf8).span) else { continue }
            sum.bad += shares.bad * counts
            sum.neutral += shares.neutral * counts
            sum.good += shares.good * counts
            weight += counts
        }
        guard weight > 0 else { return nil }
        return ToneShares(bad: sum.bad / weight, neutral: sum.neutral / weight, good: sum.good / weight).sentiment
    }
}
