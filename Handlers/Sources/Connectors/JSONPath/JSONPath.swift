public import Kernel

/// A query of RFC 9535 without filters and functions: `$`, `.name`, `['name']`, `[0]`, `[-1]`, `[1:5:2]`, `[*]`, `.*`, `..name`, and lists of these
/// between brackets.
public struct JSONPath: Sendable, Hashable {
    enum Selector: Sendable, Hashable {
        case name(String)
        case index(Int)
        case slice(Int?, Int?, Int)
        case all
    }

    struct Segment: Sendable, Hashable {
        /// `..`: also everything below.
        let descends: Bool
        let selectors: [Selector]
    }

    let segments: [Segment]
    /// As it was written.
    public let text: String

    /// The most values that a query gives; more make it fail.
    public static let most = 200_000

    /// Throws `VALIDATION_ERROR` naming `field`, the place in the query and what was expected there.
    public init(_ text: String, field: String) throws(AppError) {
        var parser = JSONPathParser(text, field: field)
        segments = try parser.parse()
        self.text = text
    }

    /// The values that it names, in their order. Nil where they are too many.
    public func values(in root: JSONValue) -> [JSONValue]? {
        var nodes = [root]
        for segment in segments {
            var next: [JSONValue] = []
            for node in nodes {
                if segment.descends {
                    var visited = 0
                    guard descend(node, segment, &next, &visited) else { return nil }
                } else {
                    guard select(node, segment, &next) else { return nil }
                }
            }
            nodes = next
        }
        return nodes
    }

    /// The first value; nil where there is none.
    public func first(in root: JSONValue) -> JSONValue? { values(in: root)?.first }

    /// False where they are too many: said before they are gathered, since one selector may name all elements again and again.
    private func select(_ node: JSONValue, _ segment: Segment, _ result: inout [JSONValue]) -> Bool {
        for selector in segment.selectors {
            let left = Self.most - result.count
            switch (selector, node) {
            case (.name(let name), .object(let members)): if let value = members[name] { result.append(value) }
            case (.index(let index), .array(let elements)):
                let place = index < 0 ? elements.count + index : index
                if elements.indices.contains(place) { result.append(elements[place]) }
            case (.slice(let start, let end, let step), .array(let elements)):
                let places = Self.places(start, end, step, count: elements.count)
                guard places.count <= left else { return false }
                for place in places { result.append(elements[place]) }
            case (.all, .array(let elements)):
                guard elements.count <= left else { return false }
                result += elements
            case (.all, .object(let members)):
                guard members.count <= left else { return false }
                result += members.map(\.value)
            default: break
            }
        }
        return result.count <= Self.most
    }

    private func descend(_ node: JSONValue, _ segment: Segment, _ result: inout [JSONValue], _ visited: inout Int) -> Bool {
        visited += 1
        guard visited <= Self.most, select(node, segment, &result) else { return false }
        switch node {
        case .array(let elements): return elements.allSatisfy { descend($0, segment, &result, &visited) }
        case .object(let members): return members.allSatisfy { descend($0.value, segment, &result, &visited) }
        default: return true
        }
    }

    /// RFC 9535 section 2.3.4.2.2.
    static func places(_ start: Int?, _ end: Int?, _ step: Int, count: Int) -> [Int] {
        guard step != 0 else { return [] }
        func normal(_ index: Int) -> Int { index >= 0 ? index : count + index }
        if step > 0 {
            let lower = min(max(normal(start ?? 0), 0), count), upper = min(max(normal(end ?? count), 0), count)
            return Array(stride(from: lower, to: max(lower, upper), by: step))
        }
        let upper = min(max(normal(start ?? count - 1), -1), count - 1), lower = min(max(end.map(normal) ?? -1, -1), count - 1)
        return Array(stride(from: upper, to: min(upper, lower), by: step))
    }
}
