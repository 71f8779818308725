public import Kernel
public import NotificationRules

/// Something to tell: once in words for people, once as data for programs.
public struct Notice: Codable, Sendable, Hashable {
    /// A name and a value, for people.
    public struct Fact: Codable, Sendable, Hashable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
    }

    /// What happened, for example `alert.fired`: lower-case words joined by `.` and `_`.
    public var type: String
    public var severity: Severity
    /// One line.
    public var title: String
    public var text: String
    public var facts: [Fact]
    /// An object.
    public var data: JSONValue
    public var occurredAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case type, severity, title, text, facts, data
        case occurredAt = "occurred_at"
    }

    public init(type: String, severity: Severity, title: String, text: String, facts: [Fact] = [], data: JSONValue = [:], occurredAt: Timestamp) {
        (self.type, self.severity, self.title, self.text) = (type, severity, title, text)
        (self.facts, self.data, self.occurredAt) = (facts, data, occurredAt)
    }

    /// What templates know of it.
    var variables: JSONValue {
        [
            "type": .string(type), "severity": .string(severity.rawValue), "title": .string(title), "text": .string(text),
            "occurred_at": .string(occurredAt.description), "data": data,
            "facts": .array(facts.map { ["name": .string($0.name), "value": .string($0.value)] }),
        ]
    }
}
