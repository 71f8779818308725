public import Kernel
import NotificationRules

/// Many notices as one.
public enum NoticeDigest {
    /// Notices that are named; of the others it is said how many there are.
    static let named = 25

    /// The most that a digest carries of its notices' data, in bytes.
    static let carried = 32_768

    /// One notice of several, with the worst of their severities. A single one stays as it is; nil for none.
    public static func fold(_ notices: [Notice], at time: Timestamp) -> Notice? {
        guard let first = notices.first else { return nil }
        if notices.count == 1 { return first }
        let worst = notices.map(\.severity).max() ?? .info
        // The worst first, among these the newest.
        let ordered = notices.sorted { ($0.severity, $0.occurredAt) > ($1.severity, $1.occurredAt) }
        let shown = ordered.prefix(named)
        var lines = shown.map { "\($0.occurredAt) \($0.severity.rawValue): \($0.title)" }
        if ordered.count > named { lines.append("and \(ordered.count - named) more") }
        let counts = Severity.allCases.reversed().compactMap { severity -> Notice.Fact? in
            let count = notices.count { $0.severity == severity }
            return count > 0 ? .init(severity.rawValue, "\(count)") : nil
        }
        // What is kept of a message has a limit; what the others carry stands in the app.
        var room = carried
        let data = shown.map(\.data).prefix { data in
            room -= data.description.utf8.count
            return room >= 0
        }
        return Notice(
            type: "digest", severity: worst, title: "\(notices.count) notifications", text: lines.joined(separator: "\n"), facts: counts,
            data: ["count": .integer(Int64(notices.count)), "notices": .array(Array(data))], occurredAt: time)
    }
}
