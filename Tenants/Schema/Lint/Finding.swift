/// One weakness of an installed schema.
public struct Finding: Sendable, Hashable, Codable {
    public enum Level: String, Sendable, Hashable, Codable {
        /// A wall is missing: the runtime refuses to start.
        case must
        /// This server allows less than Postgres could: the runtime starts where the operator accepts it by name.
        case weaker
    }

    /// The rule that found it, for example `table_without_policy`. Stable.
    public let id: String
    public let level: Level
    /// What it was found on.
    public let object: String
    /// What an attacker gains, after a statement of his own runs in a handler.
    public let gain: String
    /// SQL that mends it; empty where none can.
    public let fix: String

    public init(id: String, level: Level, object: String, gain: String, fix: String) {
        self.id = id
        self.level = level
        self.object = object
        self.gain = gain
        self.fix = fix
    }
}

/// What a whole run of the linter found.
public struct LintReport: Sendable, Hashable {
    public let findings: [Finding]

    public init(findings: [Finding]) { self.findings = findings }

    /// Those that no operator can accept.
    public var must: [Finding] { findings.filter { $0.level == .must } }
    /// Those that an operator may accept.
    public var weaker: [Finding] { findings.filter { $0.level == .weaker } }

    /// What forbids to start: every `must`, and every `weaker` whose id is not among the accepted ones.
    ///
    /// `accepting` is a list such as `closed_function,backup_role`; the word `all` accepts every `weaker`.
    public func refusals(accepting: String) -> [Finding] {
        let accepted = Set(accepting.split(whereSeparator: { $0 == "," || $0 == " " }).map { String($0) })
        return findings.filter { $0.level == .must || !(accepted.contains($0.id) || accepted.contains("all")) }
    }
}
