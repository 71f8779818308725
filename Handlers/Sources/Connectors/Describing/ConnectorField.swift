public import Kernel

/// One setting of a connector.
public struct ConnectorField: Sendable, Encodable {
    /// What its value is.
    public enum Kind: String, Sendable, Encodable {
        case text, integer, number, boolean
        /// Texts.
        case texts
        /// Objects, whose members the connector says.
        case objects
        case object
    }

    public var name: String
    public var type: Kind
    public var summary: String
    public var required: Bool
    public var defaultValue: JSONValue?
    /// The only values that it may have.
    public var choices: [String]?
    /// Of a number its value, of a text its characters, of a list its elements.
    public var range: ClosedRange<Int>?
    public var example: JSONValue?

    /// A setting that may be left out, and then is `otherwise` or absent.
    public static func optional(
        _ name: String, _ type: Kind, _ summary: String, otherwise: JSONValue? = nil, choices: [String]? = nil, range: ClosedRange<Int>? = nil,
        example: JSONValue? = nil
    ) -> ConnectorField {
        ConnectorField(
            name: name, type: type, summary: summary, required: false, defaultValue: otherwise, choices: choices, range: range, example: example)
    }

    /// A setting that must be there.
    public static func required(
        _ name: String, _ type: Kind, _ summary: String, choices: [String]? = nil, range: ClosedRange<Int>? = nil, example: JSONValue? = nil
    ) -> ConnectorField {
        ConnectorField(name: name, type: type, summary: summary, required: true, choices: choices, range: range, example: example)
    }

    enum CodingKeys: String, CodingKey {
        case name, type, summary, required, choices, minimum, maximum, example
        case defaultValue = "default"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(type, forKey: .type)
        try container.encode(summary, forKey: .summary)
        try container.encode(required, forKey: .required)
        try container.encodeIfPresent(defaultValue, forKey: .defaultValue)
        try container.encodeIfPresent(choices, forKey: .choices)
        try container.encodeIfPresent(range?.lowerBound, forKey: .minimum)
        try container.encodeIfPresent(range?.upperBound, forKey: .maximum)
        try container.encodeIfPresent(example, forKey: .example)
    }

    /// What is wrong with a value; nil: nothing.
    func fault(in value: JSONValue) -> String? {
        switch (type, value) {
        case (.text, .string(let text)):
            if let choices, !choices.contains(text) { return "expected one of \(choices.joined(separator: ", "))" }
            let range = range ?? 1...4096
            guard range.contains(text.unicodeScalars.count) else { return "expected \(range.lowerBound) to \(range.upperBound) characters" }
            return text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" && $0 != "\r" || $0.value == 0x7F }
                ? "expected a text without control characters" : nil
        case (.integer, _):
            guard let number = value.integer else { return "expected a whole number" }
            return range.map { !$0.contains(Int(number)) } == true ? "expected a whole number from \(range!.lowerBound) to \(range!.upperBound)" : nil
        case (.number, _):
            guard let number = value.number else { return "expected a number" }
            guard let range else { return nil }
            return number < Double(range.lowerBound) || number > Double(range.upperBound)
                ? "expected a number from \(range.lowerBound) to \(range.upperBound)" : nil
        case (.boolean, .bool): return nil
        case (.texts, .array(let elements)):
            let isSound = elements.allSatisfy { (1...4096).contains($0.string?.unicodeScalars.count ?? 0) }
            return isSound && (range ?? 1...100).contains(elements.count)
                ? nil : "expected a list of \((range ?? 1...100).lowerBound) to \((range ?? 1...100).upperBound) texts"
        case (.objects, .array(let elements)):
            let isSound = elements.allSatisfy { $0.object != nil }
            return isSound && (range ?? 1...100).contains(elements.count)
                ? nil : "expected a list of \((range ?? 1...100).lowerBound) to \((range ?? 1...100).upperBound) objects"
        case (.object, .object): return nil
        case (.text, _): return "expected a text"
        case (.boolean, _): return "expected true or false"
        case (.texts, _): return "expected a list of texts"
        case (.objects, _): return "expected a list of objects"
        case (.object, _): return "expected an object"
        }
    }
}
