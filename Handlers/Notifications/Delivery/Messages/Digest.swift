public import Kernel
import NotificationRules

/// Many notices as one.
public enum NoticeDigest {
    /// Notices that are named; of the others it is said how many there are.
    static let mostNamed = 25

    /// The most that a digest carries of its notices' data, in bytes.
    static let carried = 32_768

    /// Which of several messages their digest names: the worst first, among these the newest.
    public static func named(_ messages: [DispatchPlan.Waiting]) -> [UUID] {
        messages.sorted { ($0.severity, $0.occurredAt) > ($1.severity, $1.occurredAt) }.prefix(mostNamed).map(\.id)
    }

    /// One notice for several messages, with the worst of their severities. A single one stays as it is; nil for none. `shown` are the notices of those that
    /// are named, in their order.
    public static func fold(_ shown: [Notice], of messages: [DispatchPlan.Waiting]) -> Notice? {
        guard let first = shown.first, let time = messages.map(\.occurredAt).max() else { return nil }
        if messages.count == 1 { return first }
        let worst = messages.map(\.severity).max() ?? .info
        var lines = shown.map { "\($0.occurredAt) \($0.severity.rawValue): \($0.title)" }
        if messages.count > shown.count { lines.append("and \(messages.count - shown.count) more") }
        let counts = Severity.allCases.reversed().compactMap { severity -> Notice.Fact? in
            let count = messages.count { $0.severity == severity }
            return count > 0 ? .init(severity.rawValue, "\(count)") : nil
        }
        // What is kept of a message has a limit; what the others carry stands in the app.
        var room = carried
        let data = shown.map(\.data).prefix { data in
            room -= data.description.utf8.count
            return room >= 0
        }
        return Notice(
            type: "digest", severity: worst, title: "\(messages.count) notifications", text: lines.joined(separator: "\n"), facts: counts,
            data: ["count": .integer(Int64(messages.count)), "notices": .array(Array(data))], occurredAt: time)
    }
}
