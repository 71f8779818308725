import Connectors
import HandlerKit

/// What a source is made of.
struct SourceInput: Decodable, Sendable, Validated {
    let businessID: UUID
    let name: String
    let type: String
    let config: JSONValue?
    let credentials: JSONValue?
    /// Seconds from one run to the next; 0: it runs when asked alone. Absent: when the connector's timer does, or at the connector's interval.
    let interval: Int?

    enum CodingKeys: String, CodingKey {
        case name, type, config, credentials
        case businessID = "business_id"
        case interval = "interval_seconds"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(name, "name", 1...200)
        SourceShape.validate(config, credentials, interval, &issues)
    }
}

/// A source that is replaced. Its business and its type stay.
struct SourceChange: Decodable, Sendable, Validated {
    let id: UUID
    let name: String
    let config: JSONValue?
    /// Absent: those that are there stay.
    let credentials: JSONValue?
    let interval: Int?

    enum CodingKeys: String, CodingKey {
        case name, config, credentials
        case id = "source_id"
        case interval = "interval_seconds"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(name, "name", 1...200)
        SourceShape.validate(config, credentials, interval, &issues)
    }
}

/// Settings that are tried before they are kept.
struct TrialInput: Decodable, Sendable, Validated {
    let type: String
    let config: JSONValue?
    let credentials: JSONValue?

    func validate(_ issues: inout [AppError.Issue]) { SourceShape.validate(config, credentials, nil, &issues) }
}

/// A source as a path names it.
struct SourcePath: Decodable, Sendable {
    let id: UUID

    enum CodingKeys: String, CodingKey { case id = "source_id" }
}

/// A business as a path names it.
struct BusinessPath: Decodable, Sendable {
    let id: UUID

    enum CodingKeys: String, CodingKey { case id = "business_id" }
}

/// The parts that all of these have.
enum SourceShape {
    static func validate(_ config: JSONValue?, _ credentials: JSONValue?, _ interval: Int?, _ issues: inout [AppError.Issue]) {
        for (value, name) in [(config, "config"), (credentials, "credentials")] {
            issues.require(value.map { $0.isNull || $0.object != nil } ?? true, name, "expected an object")
            issues.require((value?.description.utf8.count ?? 0) <= 60_000, name, "expected at most 60000 bytes")
        }
        issues.require((0...31_536_000).contains(interval ?? 0), "interval_seconds", "expected 0 (when asked alone) to 31536000")
    }

    /// When it runs. Throws `VALIDATION_ERROR` below the connector's fewest seconds.
    static func schedule(_ given: Int?, _ description: ConnectorDescription) throws(AppError) -> SourceSchedule {
        guard let given else {
            return description.timer.map { SourceSchedule(timer: $0.rawValue) } ?? SourceSchedule(interval: description.interval)
        }
        guard given > 0 else { return SourceSchedule() }
        guard given >= description.minimumInterval else {
            throw AppError.invalid("interval_seconds", "expected 0, or at least \(description.minimumInterval) for \(description.name)")
        }
        return SourceSchedule(interval: given)
    }
}

/// When a source runs; where both are nil: when somebody asks.
struct SourceSchedule: Sendable, Hashable {
    /// Seconds between runs.
    var interval: Int?
    /// The timer that it follows.
    var timer: String?

    var isThere: Bool { interval != nil || timer != nil }
    /// As statements take it: the interval, then the timer.
    var binds: [Bind] { [.optional(interval.map { Int32($0) }, Bind.int32), .optional(timer, Bind.text)] }
}
