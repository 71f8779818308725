import Kernel
import Yams

extension ManifestReader {
    mutating func text(_ node: Node) -> String? {
        guard let text = node.scalar?.string else {
            report(node, "expected one value")
            return nil
        }
        return text
    }

    mutating func number(_ node: Node, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(node) else { return nil }
        guard let value = Int(text), check(node, range.contains(value), "expected \(range.lowerBound) to \(range.upperBound), found \(value)") else {
            if Int(text) == nil { report(node, "expected a whole number, found `\(text)`") }
            return nil
        }
        return value
    }

    mutating func flag(_ node: Node) -> Bool? {
        guard let text = text(node) else { return nil }
        return check(node, text == "true" || text == "false", "expected true or false, found `\(text)`") ? text == "true" : nil
    }

    mutating func duration(_ node: Node, in range: ClosedRange<Duration>) -> Duration? {
        guard let text = text(node) else { return nil }
        guard let value = Quantity.duration(text) else {
            report(node, "expected a duration such as `500ms`, `30s`, `5m` or `2h`, found `\(text)`")
            return nil
        }
        return check(node, range.contains(value), "expected \(range.lowerBound) to \(range.upperBound), found \(value)") ? value : nil
    }

    mutating func size(_ node: Node, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(node) else { return nil }
        guard let value = Quantity.size(text) else {
            report(node, "expected a size such as `64KB`, `128MB` or `1GB`, found `\(text)`")
            return nil
        }
        return check(node, range.contains(value), "expected \(range.lowerBound >> 20) MB to \(range.upperBound >> 20) MB, found `\(text)`")
            ? value : nil
    }

    mutating func choice<Value: RawRepresentable & CaseIterable>(_ node: Node) -> Value? where Value.RawValue == String {
        guard let text = text(node) else { return nil }
        if let value = Value(rawValue: text) { return value }
        let known = Value.allCases.map(\.rawValue)
        let nearest = Name.nearest(to: text, in: known)
        report(node, "unknown value `\(text)`" + (nearest.map { "; did you mean `\($0)`?" } ?? "; expected one of \(known.joined(separator: ", "))"))
        return nil
    }

    mutating func list(_ node: Node, _ expected: String, _ holds: (String) -> Bool) -> [String]? {
        guard let sequence = node.sequence else {
            report(node, "expected a list, each entry \(expected)")
            return nil
        }
        var items: [String] = []
        for item in sequence {
            guard let text = text(item), check(item, holds(text), "expected \(expected), found `\(text)`"),
                check(item, !items.contains(text), "`\(text)` stands here twice")
            else { continue }
            items.append(text)
        }
        return items
    }

    mutating func instances(_ node: Node) -> ClosedRange<Int>? {
        guard let mapping = node.mapping else {
            report(node, "expected `{min: 0, max: 2}`")
            return nil
        }
        var (least, most) = (0, 1)
        var found = true
        for (key, value) in mapping {
            switch key.string ?? "" {
            case "min": if let number = number(value, in: 0...256) { least = number } else { found = false }
            case "max": if let number = number(value, in: 1...256) { most = number } else { found = false }
            case let unknown:
                report(key, "unknown key `\(unknown)`; known are min, max")
                found = false
            }
        }
        if mapping["max"] == nil { most = max(least, 1) }
        guard found, check(node, least <= most, "min \(least) is above max \(most)") else { return nil }
        return least...most
    }

    mutating func hooks(_ node: Node) -> Manifest.Hooks? {
        guard let mapping = node.mapping else {
            report(node, "expected paths, such as `{erase: /internal/erase}`")
            return nil
        }
        var hooks = Manifest.Hooks()
        for (key, value) in mapping {
            guard let path = text(value), check(value, Name.isRoute("POST \(path)"), "expected a path such as `/internal/erase`, found `\(path)`")
            else {
                continue
            }
            switch key.string ?? "" {
            case "erase": hooks.erase = path
            case "retain": hooks.retain = path
            case let unknown: report(key, "unknown key `\(unknown)`; known are erase, retain")
            }
        }
        return hooks
    }

    mutating func grants(_ node: Node) -> [Manifest.Grant]? {
        guard let mapping = node.mapping else {
            report(node, "expected objects and verbs, such as `app.kpi_data: [select, insert]`")
            return nil
        }
        var grants: [Manifest.Grant] = []
        for (key, value) in mapping {
            guard let object = text(key), check(key, Name.isObject(object), "expected `schema.name`, found `\(object)`") else { continue }
            guard let sequence = value.sequence else {
                report(value, "expected a list of verbs, such as `[select, insert]`")
                continue
            }
            let verbs: [Manifest.Verb] = sequence.compactMap { choice($0) }
            guard verbs.count == sequence.count, check(value, !verbs.isEmpty, "expected at least one verb"),
                check(value, !verbs.contains(.execute) || verbs.count == 1, "`execute` is for functions and stands alone")
            else { continue }
            grants.append(Manifest.Grant(object: object, verbs: verbs))
        }
        return grants
    }
}
