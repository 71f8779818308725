/// Names of the gazetteer; capitals are asked for, so that "turkey" and "nice" stay what they are.
enum PlaceRule {
    static func find(_ tokens: Tokens, _ gazetteer: Gazetteer) -> [Entity] {
        var found: [Entity] = []
        var at = 0
        while at < tokens.words.count {
            guard tokens.words[at].kind == .letters, tokens.words[at].isCapitalized, let hit = longest(tokens, at, gazetteer) else {
                at += 1
                continue
            }
            let isFirst = at == 0 || tokens.word(at - 1) == "."
            found.append(tokens.entity(.place, at, hit.last, confidence: isFirst && hit.last == at ? 0.7 : 0.85, code: hit.code))
            at = hit.last + 1
        }
        return found
    }

    private static func longest(_ tokens: Tokens, _ at: Int, _ gazetteer: Gazetteer) -> (code: String, last: Int)? {
        var hit: (code: String, last: Int)?
        var name = ""
        for last in at..<min(tokens.words.count, at + Gazetteer.longest) {
            if last > at {
                guard tokens.isBlankBefore(last) || tokens.isGlued(last) else { break }
                if tokens.isBlankBefore(last) { name += " " }
            }
            // "US" is a country, "us" and "Us" are not.
            if last == at, tokens.words[at].range.count == 2, !tokens.words[at].isShouted { return nil }
            name += tokens.lowered(last)
            if let code = gazetteer.places[name] { hit = (code, last) }
        }
        return hit
    }
}
