/// A text's tone by the rules of VADER: valences of words, turned by negations, raised by boosters, capitals and exclamation marks, weighed around "but".
///
/// C. J. Hutto and E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM 2014, section 3.3.
struct ValenceRules {
    /// Sum of what is good, of what is bad (negative), and both bound to −1…1.
    struct Outcome {
        var good: Float = 0
        var bad: Float = 0
        var compound: Float = 0
        var highest: Float = 0
        var lowest: Float = 0
    }

    private static let negated: Float = -0.74
    private static let boost: Float = 0.293
    private static let shout: Float = 0.733
    private static let exclamation: Float = 0.292
    /// What a sum of 4 becomes is about 0.72.
    private static let normalizer: Float = 15

    static func apply(_ words: [Word], _ tones: [Tone], exclamations: Int, isAllShouted: Bool) -> Outcome {
        var outcome = Outcome()
        let contrast = tones.firstIndex { $0.role == .but }
        for at in words.indices {
            var valence = tones[at].vader
            if valence == 0 || tones[at].role == .booster || tones[at].role == .damper { continue }
            let sign: Float = valence < 0 ? -1 : 1
            if words[at].isShouted, !isAllShouted { valence += sign * shout }
            for back in 1...3 where at >= back {
                let fade: Float = back == 1 ? 1 : back == 2 ? 0.95 : 0.9
                switch tones[at - back].role {
                case .booster: valence += sign * boost * fade
                case .damper: valence -= sign * boost * fade
                case .negation: valence *= negated
                default: break
                }
            }
            if let contrast { valence *= at < contrast ? 0.5 : 1.5 }
            if valence > 0 { outcome.good += valence } else { outcome.bad += valence }
            outcome.highest = max(outcome.highest, valence)
            outcome.lowest = min(outcome.lowest, valence)
        }
        var sum = outcome.good + outcome.bad
        let emphasis = exclamation * Float(min(exclamations, 4))
        if sum > 0 { sum += emphasis } else if sum < 0 { sum -= emphasis }
        outcome.compound = sum / (sum * sum + normalizer).squareRoot()
        return outcome
    }
}
