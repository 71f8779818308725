public import Kernel

/// One way to keep data fresh: what it is, and how it is asked and understood. Pure: whoever runs it fetches and stores.
public protocol Connector: Sendable {
    var description: ConnectorDescription { get }
    /// What is wrong beyond the types of fields; each named with `config.` or `credentials.` in front.
    func check(_ config: ConnectorSettings, _ credentials: ConnectorSettings, _ issues: inout [AppError.Issue])
    /// Where credentials are sent to, such as an origin; nil: always to the same. They do not go along where it changes.
    func destination(_ config: ConnectorSettings) -> String?
    /// What is asked first; each is followed by what its answers say comes next. Those that fail do not keep the others from being asked.
    func requests(_ pull: Pull) throws(PullFault) -> [PullRequest]
    /// What an answer of status 2xx says.
    func read(_ answer: PulledAnswer, to request: PullRequest, _ pull: Pull) throws(PullFault) -> PullPage
}

extension Connector {
    public func check(_ config: ConnectorSettings, _ credentials: ConnectorSettings, _ issues: inout [AppError.Issue]) {}
    public func destination(_ config: ConnectorSettings) -> String? { nil }

    /// Settings as they came, checked in all respects. `credentials` nil: those that are kept stay. Throws `VALIDATION_ERROR` with every fault.
    public func checked(config: JSONObject, credentials: JSONObject?) throws(AppError) -> (config: ConnectorSettings, credentials: ConnectorSettings?)
    {
        var issues: [AppError.Issue] = []
        let settings = description.check(config, description.config, "config", &issues)
        let secrets = credentials.map { description.check($0, description.credentials, "credentials", &issues) }
        if issues.isEmpty { check(settings, secrets ?? ConnectorSettings(), &issues) }
        guard issues.isEmpty else { throw AppError(.validation, issues: issues) }
        return (settings, secrets)
    }
}

/// All connectors.
public enum ConnectorRegistry {
    public static let all: [any Connector] = [
        GDELTNews(), OpenMeteoForecast(), OpenMeteoArchive(), GeoNamesSearch(), ExchangeRates(), HTTPJSON(), CSVLink(), GoogleSheet(),
        PostgresQuery(),
        WebhookPush(),
    ]

    /// The connector of that name. Throws `VALIDATION_ERROR` naming all there are.
    public static func connector(_ name: String, field: String = "type") throws(AppError) -> any Connector {
        guard let found = all.first(where: { $0.description.name == name }) else {
            throw AppError.invalid(field, "expected one of \(all.map(\.description.name).joined(separator: ", "))")
        }
        return found
    }
}
