/// How well shares fit what people said: for each set macro-F1 over three labels, and Pearson's r of the score, each with its standard error by the
/// bootstrap (B. Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7, 1979) over texts.
struct Report: CustomStringConvertible {
    private static let news = ["vader-nyt", "semeval07-headlines", "sentfin-headlines", "newsmtsc-sentences", "emobank-news"]
    private(set) var description = "set                        n      F1      ±       r      ±\n"

    init(_ corpus: Corpus, shares: [Shares]) {
        var sets: [String: [Int]] = [:]
        for at in corpus.entries.indices { sets[corpus.entries[at].set, default: []].append(at) }
        var random = SplitMix(state: 11)
        var all: [[Figures]] = []
        for (set, members) in sets.sorted(by: { $0.key < $1.key }) {
            var drawn = [Self.figures(corpus, shares, members)]
            for _ in 0..<Self.draws {
                drawn.append(Self.figures(corpus, shares, members.map { _ in members[Int.random(in: members.indices, using: &random)] }))
            }
            line(set, "\(members.count)", drawn)
            if Self.news.contains(set) { all.append(drawn) }
        }
        if !all.isEmpty {
            let count = Double(all.count)
            line(
                "NEWS", "",
                (0...Self.draws).map { draw in
                    (all.reduce(0) { $0 + $1[draw].f1 } / count, all.reduce(0) { $0 + $1[draw].r } / count)
                })
        }
    }

    private typealias Figures = (f1: Double, r: Double)
    private static let draws = 100

    private static func figures(_ corpus: Corpus, _ shares: [Shares], _ members: [Int]) -> Figures {
        let labels = members.map { (corpus.entries[$0].label, label(shares[$0])) }
        let scores = members.map { at in
            (Double(shares[at].good - shares[at].bad), Double(corpus.entries[at].score ?? Float(corpus.entries[at].label - 1)))
        }
        return (macroF1(labels), correlation(scores))
    }

    /// The first figures are those of all texts, the others of draws.
    private mutating func line(_ set: String, _ count: String, _ drawn: [Figures]) {
        let numbers = [drawn[0].f1, Self.deviation(drawn.dropFirst().map(\.f1)), drawn[0].r, Self.deviation(drawn.dropFirst().map(\.r))]
        description += set + String(repeating: " ", count: max(1, 21 - set.utf8.count))
        for (cell, width) in [(count, 7)] + numbers.map({ (Self.thousandths($0), 8) }) {
            description += String(repeating: " ", count: max(1, width - cell.utf8.count)) + cell
        }
        description += "\n"
    }

    private static func deviation(_ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }

    static func label(_ shares: Shares) -> Int {
        shares.bad > shares.neutral && shares.bad >= shares.good ? 0 : shares.good > shares.neutral ? 2 : 1
    }

    static func macroF1(_ pairs: [(actual: Int, predicted: Int)]) -> Double {
        var sum = 0.0
        for label in 0..<3 {
            let hits = pairs.count { $0.actual == label && $0.predicted == label }
            let all = pairs.count { $0.actual == label } + pairs.count { $0.predicted == label }
            if all > 0 { sum += 2 * Double(hits) / Double(all) }
        }
        return sum / 3
    }

    static func correlation(_ pairs: [(x: Double, y: Double)]) -> Double {
        let count = Double(pairs.count)
        let mean = (x: pairs.reduce(0) { $0 + $1.x } / count, y: pairs.reduce(0) { $0 + $1.y } / count)
        var sums = (xy: 0.0, xx: 0.0, yy: 0.0)
        for (x, y) in pairs {
            sums.xy += (x - mean.x) * (y - mean.y)
            sums.xx += (x - mean.x) * (x - mean.x)
            sums.yy += (y - mean.y) * (y - mean.y)
        }
        return sums.xx > 0 && sums.yy > 0 ? sums.xy / (sums.xx * sums.yy).squareRoot() : 0
    }

    private static func thousandths(_ value: Double) -> String {
        let number = Int((value * 1000).rounded())
        let digits = "\(abs(number) % 1000)"
        return (number < 0 ? "-" : "") + "\(abs(number) / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
    }
}
