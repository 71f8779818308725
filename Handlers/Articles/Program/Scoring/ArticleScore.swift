import HandlerKit
import TextAnalysis

/// What is kept of what an article says.
struct ArticleScore: Sendable {
    let article: UUID
    let sentiment: Sentiment?
    let language: String?
    let entities: [UInt8]
    let topics: [UInt8]

    /// Of one article; the first in the order of the text.
    private static let mostEntities = 50
    /// In bytes of UTF-8; what is longer is no name.
    private static let longestEntity = 200

    /// - Parameter language: what the provider said, ISO 639-1. It counts where the text does not tell by itself.
    init(_ article: UUID, title: String, content: String?, language said: String?) throws(AppError) {
        let analysis = ArticleAnalysis(title: title, text: content ?? "")
        self.article = article
        language = analysis.language?.rawValue
        let english = Language.english.rawValue
        guard (language ?? said ?? english) == english else {
            sentiment = nil
            entities = Array("[]".utf8)
            topics = Array("[]".utf8)
            return
        }
        sentiment = analysis.sentiment
        let named = analysis.entities.filter { $0.text.utf8.count <= Self.longestEntity }.prefix(Self.mostEntities)
        entities = try JSON.encode(JSONValue.array(named.map(Self.json)))
        topics = try JSON.encode(
            JSONValue.array(analysis.topics.map { ["topic": .string($0.topic.rawValue), "share": .number(Self.rounded($0.share))] }))
    }

    private static func json(_ entity: Entity) -> JSONValue {
        var object: JSONObject = [
            "kind": .string(entity.kind.rawValue), "text": .string(entity.text), "confidence": .number(rounded(entity.confidence)),
        ]
        if let amount = entity.amount { object["amount"] = .number(amount) }
        if let code = entity.code { object["code"] = .string(code) }
        if let day = entity.day { object["day"] = .string(day) }
        return .object(object)
    }

    private static func rounded(_ share: Double) -> Double { (share * 1000).rounded() / 1000 }
}

extension [ArticleScore] {
    /// For ``ScoringSQL/store``.
    var binds: [Bind] {
        var sentiments = BinaryArray(of: .float8, capacity: count)
        var (labels, languages) = (BinaryArray(of: .text, capacity: count), BinaryArray(of: .text, capacity: count))
        var (entities, topics) = (BinaryArray(of: .json, capacity: count), BinaryArray(of: .json, capacity: count))
        for score in self {
            if let sentiment = score.sentiment {
                sentiments.append(sentiment.score)
                labels.append(sentiment.label.rawValue)
            } else {
                sentiments.appendNull()
                labels.appendNull()
            }
            if let language = score.language { languages.append(language) } else { languages.appendNull() }
            entities.append(json: score.entities)
            topics.append(json: score.topics)
        }
        return [.uuids(map(\.article)), .array(sentiments), .array(labels), .array(languages), .array(entities), .array(topics)]
    }
}
