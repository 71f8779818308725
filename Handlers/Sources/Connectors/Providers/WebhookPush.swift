public import Kernel

/// Values that another system sends by itself, signed.
public struct WebhookPush: Connector {
    public init() {}

    public var description: ConnectorDescription {
        ConnectorDescription(
            name: "webhook", title: "Webhook", summary: "Values of KPIs that another system sends, signed by Standard Webhooks", lands: .values,
            config: [
                .optional("records", .text, "JSONPath to the records", otherwise: "$.values[*]", range: 1...500),
                .optional("time", .text, "JSONPath in a record to its time", otherwise: "$.timestamp", range: 1...500),
            ] + RecordMapping.fields.filter { !["records", "time"].contains($0.name) },
            credentials: [.optional("secret", .text, "whsec_ and 24 to 64 bytes in base64; made where it is left out", range: 30...100)])
    }

    public func check(_ config: ConnectorSettings, _ credentials: ConnectorSettings, _ issues: inout [AppError.Issue]) {
        _ = RecordMapping(Self.completed(config), &issues)
        if let secret = credentials.text("secret") {
            issues.require(WebhookSignature(secret) != nil, "credentials.secret", "expected whsec_ and 24 to 64 bytes in base64")
        }
    }

    /// Without a mapping a record has the members `metric`, `timestamp`, `value` and, as needed, `unit`.
    private static func completed(_ config: ConnectorSettings) -> ConnectorSettings {
        guard config.objects("metrics").isEmpty, config.text("metric") == nil, config.text("value") == nil else { return config }
        var values = config.values
        values["metric"] = "$.metric"
        values["value"] = "$.value"
        if config.text("unit") == nil { values["unit"] = "$.unit" }
        return ConnectorSettings(values)
    }

    public func requests(_ pull: Pull) -> [PullRequest] { [] }

    public func read(_ answer: PulledAnswer, to request: PullRequest, _ pull: Pull) throws(PullFault) -> PullPage {
        var issues: [AppError.Issue] = []
        guard let mapping = RecordMapping(Self.completed(pull.config), &issues) else {
            throw PullFault(.settings, "The settings of this source are not valid: \(issues.first?.issue ?? "")")
        }
        return try mapping.page(of: try answer.json())
    }
}
