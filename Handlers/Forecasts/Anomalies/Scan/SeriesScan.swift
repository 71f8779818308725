/// Looks at all known values of a series, one after the other, as they came.
///
/// Finds out how often values come, and tells one that is missing from hours and days on which there never is one: a gap is told, and filled with what
/// was expected so that seasons keep their place, where less than one in twenty of the gaps before was as long.
public struct SeriesScan: Sendable {
    /// One value, or the first of several that did not come, of which something is to be said.
    public struct Finding: Sendable {
        /// Microseconds since 1970-01-01T00:00:00Z.
        public let time: Int64
        /// Nil where none came.
        public let value: Double?
        public let verdict: Verdict
    }

    /// Seconds between values: the median, at least 1.
    public let step: Int
    /// What is unusual, in the order of time.
    public private(set) var findings: [Finding] = []

    private static let second: Int64 = 1_000_000
    /// The gaps that say what is usual.
    private static let memory = 200
    /// A longer gap is filled with so many values at most; what comes behind is another time.
    private static let mostFilled = 400

    /// - Parameters:
    ///   - times: microseconds since 1970, in order, each once; as many as values.
    ///   - quiet: so many of the first values are only learned from.
    public init(times: [Int64], values: [Double], quiet: Int = 0) {
        let gaps = zip(times.dropFirst(), times).map { $0 - $1 }
        let usual = gaps.isEmpty ? Self.second : gaps.sorted()[gaps.count / 2]
        step = max(1, Int((usual + Self.second / 2) / Self.second))
        var detector = AnomalyDetector(step: step)
        for index in times.indices {
            if index > 0, let missed = Self.missed(gaps, before: index - 1, usual) {
                let verdict = detector.next(nil)
                if index >= quiet, index > AnomalyDetector.warmUp {
                    findings.append(Finding(time: times[index - 1] + usual, value: nil, verdict: verdict))
                }
                for _ in 0..<min(missed, Self.mostFilled) { _ = detector.next(verdict.expected) }
            }
            let verdict = detector.next(values[index])
            if index >= quiet, verdict.isAnomaly { findings.append(Finding(time: times[index], value: values[index], verdict: verdict)) }
        }
    }

    /// How many values did not come before the one behind a gap; nil where such a gap is usual, or hardly any is known.
    private static func missed(_ gaps: [Int64], before place: Int, _ usual: Int64) -> Int? {
        guard gaps[place] > usual + usual / 2, place >= AnomalyDetector.warmUp else { return nil }
        let known = gaps[max(0, place - memory)..<place]
        // A step more or less is no other gap: clocks are put forward, months have 28 to 31 days.
        let alike = known.count { $0 > usual + usual / 2 && $0 >= gaps[place] - usual }
        guard alike * 20 < known.count else { return nil }
        return Int((gaps[place] + usual / 2) / usual) - 1
    }
}
