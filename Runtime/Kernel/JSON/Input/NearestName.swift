/// Helps with misspelled names.
public enum NearestName {
    /// The known name that takes the fewest insertions, deletions and replacements (Levenshtein 1966); nil where all are far off.
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
        var row = Array(0...b.count)
        for (i, left) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, right) in b.enumerated() {
                let replaced = diagonal + (left == right ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
            }
        }
        return row[b.count]
    }
}
