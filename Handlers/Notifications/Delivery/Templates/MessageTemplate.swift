public import Kernel

/// A tenant's own words for a message: logic-less templates after the Mustache specification 1.4, variables, sections, inverted sections and comments.
///
/// Lambdas, partials and other delimiters are refused, so that no template runs anything, reads anything or grows without bound. Values are put in as
/// they are: whoever makes HTML or mrkdwn of the result escapes all of it. `{{{name}}}` and `{{&name}}` therefore are `{{name}}`.
///
/// Written here because templates are a tenant's: swift-mustache bounds neither sections over lists in lists nor their result, and brings Foundation,
/// with which a handler's program cannot carry its own standard library.
public struct MessageTemplate: Sendable, Hashable {
    indirect enum Part: Sendable, Hashable {
        case text(String)
        /// The names between dots; none for `{{.}}`.
        case value([String])
        case section([String], isInverted: Bool, [Part])
    }

    /// The longest source, in bytes.
    public static let longestSource = 16_384
    /// The longest result, in bytes; what is longer is cut.
    public static let longestResult = 65_536
    /// How deep sections may stand in each other.
    static let depth = 8
    /// Parts that one rendering goes through; sections over lists in lists end there.
    static let steps = 20_000

    public let source: String
    let parts: [Part]

    /// Throws `VALIDATION_ERROR` naming `field`, the line, and what was expected.
    public init(_ source: String, field: String = "template") throws(AppError) {
        guard source.utf8.count <= Self.longestSource else { throw AppError.invalid(field, "expected at most \(Self.longestSource) bytes") }
        self.source = source
        var parser = TemplateParser(source, field: field)
        parts = try parser.parse()
    }

    /// The text for an object of variables. A name that is not there is nothing.
    public func render(_ variables: JSONValue) -> String {
        var renderer = Renderer(steps: Self.steps)
        renderer.render(parts, [variables])
        return renderer.result
    }

    private struct Renderer {
        var steps: Int
        var result = ""

        mutating func render(_ parts: [Part], _ context: [JSONValue]) {
            for part in parts {
                steps -= 1
                guard steps > 0, result.utf8.count < MessageTemplate.longestResult else { return }
                switch part {
                case .text(let text): append(text)
                case .value(let path): if let value = find(path, context) { append(Self.text(value)) }
                case .section(let path, let isInverted, let inner):
                    let value = find(path, context) ?? .null
                    if isInverted {
                        if Self.isEmpty(value) { render(inner, context) }
                    } else if let elements = value.array {
                        // A list in lists is left as soon as the work is used up, not walked to its end.
                        for element in elements where steps > 0 { render(inner, context + [element]) }
                    } else if !Self.isEmpty(value) {
                        render(inner, context + [value])
                    }
                }
            }
        }

        private mutating func append(_ text: String) {
            if text.utf8.count <= MessageTemplate.longestResult - result.utf8.count {
                result += text
                return
            }
            for character in text {
                guard result.utf8.count + character.utf8.count <= MessageTemplate.longestResult else { break }
                result.append(character)
            }
            steps = 0
        }

        /// The innermost object that has the first name; the other names are looked up in what was found (specification, "Context misses").
        private func find(_ path: [String], _ context: [JSONValue]) -> JSONValue? {
            guard let first = path.first else { return context.last }
            guard var value = context.reversed().lazy.compactMap({ $0[first] }).first else { return nil }
            for name in path.dropFirst() {
                guard let next = value[name] else { return nil }
                value = next
            }
            return value
        }

        private static func isEmpty(_ value: JSONValue) -> Bool {
            switch value {
            case .null, .bool(false): true
            case .array(let elements): elements.isEmpty
            default: false
            }
        }

        private static func text(_ value: JSONValue) -> String {
            switch value {
            case .null: ""
            case .string(let text): text
            default: value.description
            }
        }
    }
}
