/// Organizations by their form, by a known name, and by what is said of them.
enum OrganizationRule {
    static func find(_ tokens: Tokens, _ gazetteer: Gazetteer) -> [Entity] {
        var found: [Entity] = []
        var at = 0
        while at < tokens.words.count {
            guard isName(tokens, at) else {
                at += 1
                continue
            }
            let last = end(tokens, at)
            if let entity = judge(tokens, at, last, gazetteer) { found.append(entity) }
            at = last + 1
        }
        return found
    }

    /// A run of capitalized words, with "of", "and", "&" and "the" within.
    private static func end(_ tokens: Tokens, _ first: Int) -> Int {
        var last = first
        var at = first + 1
        while at < tokens.words.count, tokens.isBlankBefore(at) || tokens.isGlued(at) && tokens.word(at) == "&" {
            if isName(tokens, at) {
                last = at
            } else if !["of", "and", "&", "the", "for"].contains(tokens.word(at)) || at - last > 2 {
                break
            }
            at += 1
        }
        return last
    }

    private static func judge(_ tokens: Tokens, _ first: Int, _ last: Int, _ gazetteer: Gazetteer) -> Entity? {
        if last > first, legalForms.contains(tokens.lowered(last)) { return tokens.entity(.organization, first, last, confidence: 0.95) }
        for end in stride(from: last, through: first, by: -1) {
            for start in first...end where gazetteer.organizations.contains(name(tokens, start, end)) {
                return tokens.entity(.organization, start, end, confidence: 0.85)
            }
        }
        let hasKind = (first...last).contains { kinds.contains(tokens.lowered($0)) }
        if last > first, hasKind { return tokens.entity(.organization, first, last, confidence: 0.8) }
        // "shares of Acme", "Acme shares", "Acme CEO"
        let before = first > 1 && tokens.word(first - 1) == "of" && holdings.contains(tokens.lowered(first - 2))
        let behind = last + 1 < tokens.words.count && holdings.contains(tokens.lowered(last + 1)) && !tokens.words[last + 1].isCapitalized
        return before || behind ? tokens.entity(.organization, first, last, confidence: 0.6) : nil
    }

    private static func name(_ tokens: Tokens, _ first: Int, _ last: Int) -> String {
        String(decoding: tokens.bytes[tokens.span(first, last)], as: UTF8.self).lowercased()
    }

    private static func isName(_ tokens: Tokens, _ at: Int) -> Bool {
        tokens.words[at].kind == .letters && tokens.words[at].isCapitalized && !(common.contains(tokens.lowered(at)))
    }

    private static let legalForms: Set = [
        "inc", "corp", "ltd", "limited", "llc", "plc", "gmbh", "ag", "sa", "nv", "co", "company", "corporation", "group", "holdings", "bhd", "oyj",
        "spa", "se",
        "kg", "llp", "lp", "bv", "ab", "asa", "pvt",
    ]
    private static let kinds: Set = [
        "bank", "university", "institute", "ministry", "department", "agency", "commission", "committee", "council", "court", "party", "association",
        "federation", "union", "foundation", "authority", "bureau", "board", "exchange", "airlines", "airways", "motors", "industries", "pharma",
        "pharmaceuticals", "energy", "steel", "cement", "capital", "securities", "insurance", "systems", "technologies", "software", "times", "post",
        "journal",
        "hospital", "college", "organization", "society", "fund", "partners", "ventures", "labs", "studios", "entertainment", "bancorp", "financial",
    ]
    private static let holdings: Set = ["shares", "stock", "stocks", "ceo", "chairman", "shareholders", "profit", "revenue", "earnings", "employees"]
    /// Words that begin sentences.
    private static let common: Set = [
        "the", "a", "an", "in", "on", "at", "it", "he", "she", "they", "we", "i", "but", "and", "this", "that", "these", "those", "for", "from",
        "with", "as", "by",
        "if", "when", "while", "after", "before", "his", "her", "their", "its", "our", "there", "what", "who", "how", "why", "where", "mr", "mrs",
        "ms", "dr",
        "not", "no", "yes", "to", "of", "is", "are", "was", "were", "all", "some", "many", "most", "more", "one", "two", "new", "so", "or", "you",
        "my", "your",
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "may", "june", "july",
        "august",
        "september", "october", "november", "december", "shares", "stock", "stocks", "profit", "revenue", "earnings", "ceo", "chairman", "employees",
    ]
}
