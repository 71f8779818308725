/// What an English text is about, among fixed subjects, by words that belong to them.
///
/// Each word counts once a text for its subject, a word of the title twice; a subject's share is its part of all that count.
public struct TopicFinder: Sendable {
    public enum Topic: String, Sendable, Hashable, CaseIterable {
        case economy, markets, companies, politics, conflict, crime, disaster, health, science, technology, energy, environment, labour, sports,
            culture
    }

    public struct Finding: Sendable, Hashable {
        public var topic: Topic
        /// Of all that was found, 0…1.
        public var share: Double
    }

    private var scanner = WordScanner()

    public init() {}

    /// The subjects of a text, the largest share first; only those with at least a fifth. Empty where no word tells.
    public mutating func find(title: String, text: String = "") -> [Finding] {
        var weights: [Topic: Double] = [:]
        var seen: Set<UInt32> = []
        for (part, weight) in [(title, 2.0), (String(decoding: text.utf8.prefix(16 << 10), as: UTF8.self), 1.0)] {
            let bytes = Array(part.utf8)
            scanner.scan(bytes.span)
            for word in scanner.words where word.kind == .letters && seen.insert(word.hash).inserted {
                if let topic = Self.table[word.hash] { weights[topic, default: 0] += weight }
            }
        }
        let all = weights.values.reduce(0, +)
        return weights.map { Finding(topic: $0.key, share: $0.value / all) }.filter { $0.share >= 0.2 }
            .sorted { $0.share != $1.share ? $0.share > $1.share : $0.topic.rawValue < $1.topic.rawValue }
    }

    private static let table: [UInt32: Topic] = {
        var table: [UInt32: Topic] = [:]
        for (topic, words) in TopicWords.all {
            for word in words.split(separator: " ") {
                table[WordHash.of(word.utf8)] = topic
                Inflections.forEach(of: Array(word.utf8)[...]) { form in
                    let hash = WordHash.of(form)
                    if table[hash] == nil { table[hash] = topic }
                }
            }
        }
        return table
    }()
}
