public import Kernel

/// How a place's clocks stand against UTC, now, before and after: a file of the tz database (RFC 8536), read from its bytes.
///
/// What the file lists is used up to its last change; behind it the rule in its footer holds for ever.
public struct TimeZone: Sendable, Hashable {
    /// As the tz database names it, for example `Europe/Berlin`.
    public let name: String
    /// When the clocks were changed, in seconds since 1970 in UTC, ascending.
    let changes: [Int64]
    /// Seconds east of UTC from each change on.
    let offsets: [Int32]
    /// Before the first change.
    let first: Int32
    /// Behind the last change; nil: as it was then, for ever.
    let rule: ZoneRule?

    /// UTC.
    public static let utc = TimeZone(name: "UTC", changes: [], offsets: [], first: 0, rule: nil)

    init(name: String, changes: [Int64], offsets: [Int32], first: Int32, rule: ZoneRule?) {
        self.name = name
        self.changes = changes
        self.offsets = offsets
        self.first = first
        self.rule = rule
    }

    /// Whether a text may name a zone, and so a file: words of letters, digits, `_`, `-` and `+` with `/` between; at most 64 bytes.
    public static func isName(_ text: String) -> Bool {
        guard (1...64).contains(text.utf8.count) else { return false }
        return text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        }
    }

    /// Seconds east of UTC at an instant.
    public func offset(at time: Timestamp) -> Int { offset(at: time.seconds) }

    func offset(at seconds: Int64) -> Int {
        guard let last = changes.last, seconds < last || rule == nil else {
            return rule.map { $0.offset(at: seconds) } ?? Int(offsets.last ?? first)
        }
        // The last change that is not behind the instant.
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return Int(low == 0 ? first : offsets[low - 1])
    }

    /// What a wall clock there shows: seconds since 1970 as if it were UTC.
    public func local(_ time: Timestamp) -> Int64 { time.seconds + Int64(offset(at: time.seconds)) }

    /// The instants at which a wall clock shows a time, in their order: none where clocks are put forward over it, two where they are put back.
    public func instants(local: Int64) -> [Timestamp] {
        var found: [Timestamp] = []
        for offset in offsets(around: local) {
            let instant = local - Int64(offset)
            if self.offset(at: instant) == offset { found.append(Timestamp(seconds: instant)) }
        }
        return found.sorted()
    }

    /// When the clocks are put forward over a time that no wall clock shows; nil where it is shown.
    public func gap(over local: Int64) -> Timestamp? {
        guard instants(local: local).isEmpty else { return nil }
        // Before the change clocks stand the least, so that the time lies behind it; the change is the first instant with another offset.
        guard let before = offsets(around: local).min() else { return nil }
        var (low, high) = (local - Int64(before) - 2 * 86_400, local - Int64(before))
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: middle) == before { low = middle } else { high = middle }
        }
        return Timestamp(seconds: high)
    }

    /// The offsets within a day and a bit of a local time. No place has ever changed its clocks twice in that time.
    private func offsets(around local: Int64) -> Set<Int> {
        [offset(at: local - 27 * 3600), offset(at: local + 27 * 3600)]
    }
}

extension UInt8 {
    var isLetter: Bool { (65...90).contains(self) || (97...122).contains(self) }
    var isDigit: Bool { (48...57).contains(self) }
}
