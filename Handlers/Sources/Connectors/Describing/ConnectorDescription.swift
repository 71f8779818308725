public import Kernel

/// What a connector is, as pages and documents tell it.
public struct ConnectorDescription: Sendable, Encodable {
    /// Which table its records land in.
    public enum Landing: String, Sendable, Encodable {
        /// `news_articles`
        case news
        /// `weather_data`
        case weather
        /// `market_data`
        case market
        /// `places`
        case places
        /// `kpi_data`, under sources of the type `api`
        case values
    }

    /// The timers of the handler's manifest that sources follow.
    public enum Timer: String, Sendable, Encodable, CaseIterable {
        case news = "scrape_news"
        case weather = "fetch_weather"
        case rates = "fetch_rates"
    }

    /// How often a provider may be asked by all tenants together.
    public struct Quota: Sendable, Encodable {
        public var calls: Int
        public var seconds: Int

        enum CodingKeys: String, CodingKey {
            case calls
            case seconds = "period_seconds"
        }
    }

    public var name: String
    public var title: String
    public var summary: String
    public var lands: Landing
    public var config: [ConnectorField]
    /// What is sealed and never told again.
    public var credentials: [ConnectorField] = []
    /// Seconds from one run to the next where the source says nothing else; nil: it is not pulled.
    public var interval: Int?
    /// The timer that sources follow which name no interval of their own; its period is ``interval``. Nil: they have that interval.
    public var timer: Timer?
    /// The fewest seconds between two runs.
    public var minimumInterval = 300
    /// For how many seconds an answer is given to every tenant that asks the same; nil: it belongs to its source alone.
    public var lifetime: Int?
    /// An answer that is kept for ever.
    public var isKeptForEver = false
    public var quota: Quota?

    enum CodingKeys: String, CodingKey {
        case name, title, summary, lands, config, credentials, timer, quota
        case interval = "interval_seconds"
        case minimumInterval = "minimum_interval_seconds"
        case lifetime = "lifetime_seconds"
        case isKeptForEver = "kept_for_ever"
    }

    /// Whether its answers are shared between tenants.
    public var isShared: Bool { lifetime != nil || isKeptForEver }

    /// The settings with defaults filled in. Appends what is wrong, each by `prefix` and name.
    func check(_ given: JSONObject, _ fields: [ConnectorField], _ prefix: String, _ issues: inout [AppError.Issue]) -> ConnectorSettings {
        var checked = JSONObject()
        for member in given where !fields.contains(where: { $0.name == member.name }) {
            let known = fields.map(\.name).joined(separator: ", ")
            issues.append(
                .init(
                    field: "\(prefix).\(member.name.prefix(64))", issue: known.isEmpty ? "expected nothing here" : "unknown; expected one of \(known)"
                ))
        }
        for field in fields {
            guard let value = given[field.name], !value.isNull else {
                if field.required { issues.append(.init(field: "\(prefix).\(field.name)", issue: "expected: \(field.summary)")) }
                checked[field.name] = field.defaultValue
                continue
            }
            if let fault = field.fault(in: value) { issues.append(.init(field: "\(prefix).\(field.name)", issue: fault)) }
            checked[field.name] = value
        }
        return ConnectorSettings(checked)
    }
}

/// Settings whose types were checked.
public struct ConnectorSettings: Sendable, Hashable {
    public let values: JSONObject

    public init(_ values: JSONObject = [:]) { self.values = values }

    /// The text of that name; nil where there is none.
    public func text(_ name: String) -> String? { values[name]?.string }
    public func integer(_ name: String) -> Int? { values[name]?.integer.flatMap { Int(exactly: $0) } }
    public func number(_ name: String) -> Double? { values[name]?.number }
    public func flag(_ name: String) -> Bool { values[name]?.bool ?? false }
    public func texts(_ name: String) -> [String] { values[name]?.array?.compactMap(\.string) ?? [] }
    public func objects(_ name: String) -> [JSONObject] { values[name]?.array?.compactMap(\.object) ?? [] }
    public func object(_ name: String) -> JSONObject? { values[name]?.object }
}
