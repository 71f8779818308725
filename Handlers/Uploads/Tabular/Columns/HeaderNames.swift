/// The names in a header, made usable and distinct.
enum HeaderNames {
    static func distinct(_ raw: [String]) -> [String] {
        var taken = Set(raw)
        var used: Set<String> = []
        return raw.enumerated().map { index, text in
            var name = text.isEmpty ? "column \(index + 1)" : text
            var number = 2
            while used.contains(name) || (name != text && taken.contains(name)) {
                name = "\(text.isEmpty ? "column \(index + 1)" : text) (\(number))"
                number += 1
            }
            used.insert(name)
            taken.insert(name)
            return name
        }
    }

    /// How much a name promises dates: 0 not at all.
    static func timeliness(_ name: String) -> Int {
        let lowered = name.lowercased()
        if exact.contains(lowered) { return 2 }
        return parts.contains { lowered.contains($0) } ? 1 : 0
    }

    private static let exact: Set<String> = [
        "date", "day", "timestamp", "time", "datetime", "date_time", "date time", "datum", "fecha", "data", "tag",
    ]
    private static let parts = ["date", "time", "datum", "_at", "_on", "_ts"]
}
