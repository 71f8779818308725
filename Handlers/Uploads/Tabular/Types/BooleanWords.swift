/// Pairs of words that say yes and no.
enum BooleanWords {
    /// A single letter counts only where its opposite is there too.
    private static let pairs: [(yes: String, no: String)] = [
        ("true", "false"), ("yes", "no"), ("y", "n"), ("t", "f"), ("on", "off"),
        ("ja", "nein"), ("ja", "nee"), ("ja", "nej"), ("ja", "nei"), ("j", "n"), ("wahr", "falsch"), ("waar", "onwaar"),
        ("oui", "non"), ("o", "n"), ("vrai", "faux"), ("sí", "no"), ("si", "no"), ("s", "n"), ("verdadero", "falso"), ("vero", "falso"),
        ("verdadeiro", "falso"), ("sim", "não"), ("sim", "nao"), ("sì", "no"), ("tak", "nie"), ("prawda", "fałsz"), ("ano", "ne"), ("igen", "nem"),
        ("да", "нет"), ("истина", "ложь"), ("evet", "hayır"), ("kyllä", "ei"), ("sant", "usant"), ("sann", "falsk"),
        ("はい", "いいえ"), ("是", "否"), ("有", "无"), ("有", "無"), ("예", "아니오"), ("예", "아니요"), ("✓", "✗"), ("✔", "✘"), ("☑", "☐"), ("○", "×"),
    ]

    /// The pair that all of the words belong to, small letters; nil where there is none.
    static func pair(_ words: Set<String>) -> (yes: String, no: String)? {
        pairs.first { pair in
            words.isSubset(of: [pair.yes, pair.no]) && (words.count == 2 || pair.yes.utf8.count > 1 && pair.no.utf8.count > 1 && !words.isEmpty)
                && (words.count == 2 || isPlain(pair, words))
        }
    }

    /// A word that stands alone must not be one that other columns hold too.
    private static func isPlain(_ pair: (yes: String, no: String), _ words: Set<String>) -> Bool {
        words.allSatisfy { $0.unicodeScalars.count > 1 && $0 != "on" && $0 != "si" && $0 != "ne" && $0 != "ei" }
    }

    static let table = WordTable(pairs.flatMap { [($0.yes, 1), ($0.no, 0)] })
}
