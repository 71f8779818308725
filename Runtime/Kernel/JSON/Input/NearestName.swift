/// Helps with misspelled names.
public enum NearestName {
    /// The known name that takes the fewest insertions, deletions, replacements and swaps of neighbours (optimal string alignment distance,
    /// after Damerau 1964); nil where all are far off.
    public static func find(_ name: String, in known: [String]) -> String? {
        guard name.utf8.count <= 64 else { return nil }
        let name = Array(name.lowercased().utf8)
        let ranked = known.map { (name: $0, distance: distance(name, Array($0.lowercased().utf8))) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(1, max(name.count, best.name.utf8.count) / 3) ? best.name : nil
    }

    /// The issue of a member that nobody reads.
    public static func unknown(_ name: String, known: [String]) -> String {
        if let nearest = find(name, in: known) { return "unknown; did you mean \(nearest)?" }
        return known.isEmpty ? "unknown; nothing is read here" : "unknown; expected \(known.joined(separator: ", "))"
    }

    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
