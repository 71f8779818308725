/// `$5.3 million`, `€1,200`, `Rs 88 crore`, `40 million dollars`, `USD 5bn`.
enum MoneyRule {
    static func find(_ tokens: Tokens) -> [Entity] {
        var found: [Entity] = []
        for at in tokens.words.indices where tokens.words[at].kind == .number {
            guard var amount = number(tokens.word(at)) else { continue }
            var first = at
            var last = at
            var code: String?
            if at > 0, let before = currency(before: at, tokens) {
                code = before.code
                first = before.first
            }
            if let scale = scale(tokens.lowered(at + 1)), at + 1 < tokens.words.count, tokens.isBlankBefore(at + 1) || tokens.isGlued(at + 1) {
                amount *= scale
                last = at + 1
            }
            if code == nil, last + 1 < tokens.words.count, let behind = names[tokens.lowered(last + 1)] {
                code = behind
                last += 1
            }
            guard let code else { continue }
            found.append(tokens.entity(.money, first, last, confidence: 0.95, amount: amount, code: code))
        }
        return found
    }

    private static func currency(before at: Int, _ tokens: Tokens) -> (code: String, first: Int)? {
        guard tokens.isGlued(at) || tokens.isBlankBefore(at) else {
            // "Rs. 500"
            return at > 1 && tokens.word(at - 1) == "." ? signs[tokens.word(at - 2)].map { ($0, at - 2) } : nil
        }
        if tokens.word(at - 1) == ".", at > 1 { return signs[tokens.word(at - 2)].map { ($0, at - 2) } }
        guard let code = signs[tokens.word(at - 1)] else { return nil }
        // "US$", "A$", "HK$"
        if code == "USD", at > 1, tokens.isGlued(at - 1), let own = dollars[tokens.word(at - 2)] { return (own, at - 2) }
        return (code, at - 1)
    }

    /// Commas group, a full stop is the decimal mark, as in English news.
    private static func number(_ text: String) -> Double? {
        guard !text.contains(":"), !text.contains("/") else { return nil }
        return Double(text.split(separator: ",").joined())
    }

    private static func scale(_ word: String) -> Double? {
        switch word {
        case "thousand", "k": 1e3
        case "lakh", "lakhs", "lac": 1e5
        case "million", "mn", "mln", "m", "mio": 1e6
        case "crore", "crores", "cr": 1e7
        case "billion", "bn", "bln", "b": 1e9
        case "trillion", "tn": 1e12
        default: nil
        }
    }

    private static let signs: [String: String] = [
        "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "Rs": "INR", "Re": "INR", "USD": "USD", "EUR": "EUR", "GBP": "GBP", "INR": "INR",
        "JPY": "JPY", "CHF": "CHF", "CNY": "CNY", "AUD": "AUD", "CAD": "CAD", "SEK": "SEK", "NOK": "NOK", "DKK": "DKK", "PLN": "PLN", "CZK": "CZK",
    ]
    private static let dollars: [String: String] = [
        "US": "USD", "A": "AUD", "AU": "AUD", "C": "CAD", "CA": "CAD", "NZ": "NZD", "HK": "HKD", "S": "SGD", "R": "BRL",
    ]
    private static let names: [String: String] = [
        "dollar": "USD", "dollars": "USD", "euro": "EUR", "euros": "EUR", "pounds": "GBP", "yen": "JPY", "rupees": "INR", "rupee": "INR",
        "francs": "CHF",
        "yuan": "CNY", "usd": "USD", "eur": "EUR", "gbp": "GBP", "inr": "INR", "rubles": "RUB", "roubles": "RUB", "pesos": "MXN", "won": "KRW",
    ]
}
