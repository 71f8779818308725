public import Kernel

/// What makes an alert fire: one test of a metric, or several tests together.
///
/// As JSON an object with `type`: `threshold`, `change`, `forecast`, `anomaly`, `no_data` with their own members, or `all`, `any` with `conditions`, `not`
/// with `condition`. At most 16 conditions, four deep.
public indirect enum Condition: Sendable, Hashable {
    case threshold(Threshold)
    case change(Change)
    case forecast(ForecastBreach)
    case anomaly(Anomaly)
    case noData(NoData)
    /// All of them hold.
    case all([Condition])
    /// One of them holds.
    case any([Condition])
    case not(Condition)

    /// Its `type`.
    public var type: String {
        switch self {
        case .threshold: "threshold"
        case .change: "change"
        case .forecast: "forecast"
        case .anomaly: "anomaly"
        case .noData: "no_data"
        case .all: "all"
        case .any: "any"
        case .not: "not"
        }
    }

    /// The conditions in it that look at a metric themselves.
    public var leaves: [Condition] {
        switch self {
        case .all(let parts), .any(let parts): parts.flatMap(\.leaves)
        case .not(let part): part.leaves
        default: [self]
        }
    }

    /// The metrics that it looks at, each once, in their order.
    public var metrics: [String] {
        var names: [String] = []
        for name in leaves.compactMap(\.metric) where !names.contains(name) { names.append(name) }
        return names
    }

    /// The one that a leaf looks at; nil for what stands together.
    public var metric: String? {
        switch self {
        case .threshold(let test): test.metric
        case .change(let test): test.metric
        case .forecast(let test): test.metric
        case .anomaly(let test): test.metric
        case .noData(let test): test.metric
        case .all, .any, .not: nil
        }
    }

    /// How many seconds of the past it looks at.
    public var lookback: Int {
        leaves.map { leaf in
            switch leaf {
            case .threshold(let test): test.window
            case .change(let test): 2 * test.windowSeconds
            case .forecast: RuleLimits.forecastSeconds
            case .anomaly: RuleLimits.anomalySeconds
            case .noData(let test): test.windowSeconds
            case .all, .any, .not: 0
            }
        }.max() ?? 0
    }
}

extension Condition {
    /// The condition that JSON describes. Throws `VALIDATION_ERROR` with all that is wrong; fields begin with `field`.
    public init(json: JSONValue, field: String = "rule") throws(AppError) {
        var reader = Reader()
        let condition = reader.read(json, field, depth: 1)
        if reader.count > RuleLimits.conditions {
            reader.issues.append(.init(field: field, issue: "expected at most \(RuleLimits.conditions) conditions"))
        }
        guard let condition, reader.issues.isEmpty else { throw AppError(.validation, issues: reader.issues) }
        self = condition
    }

    /// The same as JSON.
    public var json: JSONValue {
        switch self {
        case .threshold(let test): object(test)
        case .change(let test): object(test)
        case .forecast(let test): object(test)
        case .anomaly(let test): object(test)
        case .noData(let test): object(test)
        case .all(let parts), .any(let parts): ["type": .string(type), "conditions": .array(parts.map(\.json))]
        case .not(let part): ["type": .string(type), "condition": part.json]
        }
    }

    private func object(_ leaf: some Encodable) -> JSONValue {
        var members: JSONObject = ["type": .string(type)]
        // A leaf holds finite numbers and texts alone.
        guard let bytes = try? JSON.encode(leaf), let own = try? JSON.read(bytes).object else { return .object(members) }
        for member in own { members[member.name] = member.value }
        return .object(members)
    }

    private struct Reader {
        var issues: [AppError.Issue] = []
        var count = 0

        private static let types = ["threshold", "change", "forecast", "anomaly", "no_data", "all", "any", "not"]

        mutating func read(_ json: JSONValue, _ field: String, depth: Int) -> Condition? {
            count += 1
            guard count <= RuleLimits.conditions else { return nil }
            guard depth <= RuleLimits.depth else { return refuse(field, "expected conditions at most \(RuleLimits.depth) deep") }
            guard let members = json.object else { return refuse(field, "expected an object") }
            guard let type = members["type"]?.string else { return refuse("\(field).type", "expected one of \(Self.types.joined(separator: ", "))") }
            let own = JSONValue.object(JSONObject(members.filter { $0.name != "type" }))
            switch type {
            case "threshold": return leaf(own, field).map(Condition.threshold)
            case "change": return leaf(own, field).map(Condition.change)
            case "forecast": return leaf(own, field).map(Condition.forecast)
            case "anomaly": return leaf(own, field).map(Condition.anomaly)
            case "no_data": return leaf(own, field).map(Condition.noData)
            case "all", "any":
                guard let list: List = leaf(own, field) else { return nil }
                guard !list.conditions.isEmpty else { return refuse("\(field).conditions", "expected at least one condition") }
                var parts: [Condition] = []
                for (index, part) in list.conditions.enumerated() {
                    if let part = read(part, "\(field).conditions[\(index)]", depth: depth + 1) { parts.append(part) }
                }
                return type == "all" ? .all(parts) : .any(parts)
            case "not":
                guard let single: Single = leaf(own, field) else { return nil }
                return read(single.condition, "\(field).condition", depth: depth + 1).map(Condition.not)
            default: return refuse("\(field).type", NearestName.unknown(type, known: Self.types))
            }
        }

        private mutating func leaf<Leaf: Decodable>(_ json: JSONValue, _ field: String) -> Leaf? {
            do throws(AppError) {
                return try InputDecoder(Leaf.self).decode(body: json)
            } catch {
                issues += error.issues.map { .init(field: $0.field == "body" ? field : "\(field).\($0.field)", issue: $0.issue) }
                return nil
            }
        }

        private mutating func refuse(_ field: String, _ issue: String) -> Condition? {
            issues.append(.init(field: field, issue: issue))
            return nil
        }
    }

    private struct List: Decodable { let conditions: [JSONValue] }
    private struct Single: Decodable { let condition: JSONValue }
}
