import Jobs
import Kernel
import Yams

extension ManifestReader {
    private static let timerKeys = [
        "job", "schedule", "scope", "time_zone", "overlap", "catch_up", "spread", "priority", "max_attempts",
    ]

    /// Names with what they say, for example `nightly: {job: run_forecasts, schedule: "0 2 * * *"}`.
    mutating func timers(_ node: Node) -> [Manifest.Timer]? {
        guard let mapping = node.mapping else {
            report(node, "expected names and schedules, such as `nightly: {job: run_forecasts, schedule: \"0 2 * * *\"}`")
            return nil
        }
        var timers: [Manifest.Timer] = []
        for (key, value) in mapping {
            guard let name = text(key),
                check(key, Name.isIdentifier(name) && name.first != "_", "expected a name of a-z, 0-9 and _, found `\(name)`"),
                let timer = timer(name, value)
            else { continue }
            timers.append(timer)
        }
        return timers
    }

    private mutating func timer(_ name: String, _ node: Node) -> Manifest.Timer? {
        guard let mapping = node.mapping else {
            report(node, "expected `{job: …, schedule: …}`")
            return nil
        }
        var timer = Manifest.Timer(name: name, scope: .tenant, definition: TimerDefinition(kind: "", schedule: ""))
        for (key, value) in mapping { read(key, value, into: &timer) }
        for required in ["job", "schedule"] where !mapping.contains(where: { $0.key.string == required }) {
            report(node, "the key `\(required)` is missing")
        }
        return timer
    }

    private mutating func read(_ key: Node, _ value: Node, into timer: inout Manifest.Timer) {
        switch key.string ?? "" {
        case "job":
            if let kind = text(value), check(value, Name.isIdentifier(kind) && kind.first != "_", "expected a job's kind, found `\(kind)`") {
                timer.definition.kind = kind
            }
        case "schedule":
            guard let schedule = text(value) else { return }
            timer.definition.schedule = schedule
            do throws(AppError) { _ = try Schedule(schedule) } catch { report(value, error.issues.first?.issue ?? error.message) }
        case "scope": if let scope: TimerDefinition.Scope = choice(value) { timer.scope = scope }
        case "time_zone":
            if let zone = text(value), check(value, TimeZone.isName(zone), "expected `tenant` or a zone such as Europe/Berlin, found `\(zone)`") {
                timer.definition.timeZone = zone
            }
        case "overlap": if let overlap: TimerDefinition.Overlap = choice(value) { timer.definition.overlap = overlap }
        case "catch_up":
            guard let text = text(value) else { return }
            timer.definition.catchUp = text
            do throws(AppError) { _ = try timer.definition.catchUpRule } catch { report(value, error.issues.first?.issue ?? error.message) }
        case "spread": if let spread = duration(value, in: .zero ... .seconds(86_400)) { timer.definition.spreadSeconds = spread.components.seconds }
        case "priority": if let priority = number(value, in: 1...9) { timer.definition.priority = priority }
        case "max_attempts": if let attempts = number(value, in: 1...1000) { timer.definition.maxAttempts = attempts }
        case let unknown:
            let nearest = Name.nearest(to: unknown, in: Self.timerKeys)
            report(
                key,
                "unknown key `\(unknown)`" + (nearest.map { "; did you mean `\($0)`?" } ?? "; known are \(Self.timerKeys.joined(separator: ", "))"))
        }
    }
}
