public import Addresses
public import Kernel

/// The rows of a query in a Postgres of the tenant's own. Whoever runs it reads them; here is what they mean.
public struct PostgresQuery: Connector {
    public init() {}

    public var description: ConnectorDescription {
        ConnectorDescription(
            name: "postgres", title: "Postgres", summary: "Values of KPIs from a query, in a transaction that only reads", lands: .values,
            config: [
                .required("host", .text, "the server's name or address", range: 1...253, example: "db.example.com"),
                .optional("port", .integer, "its port", otherwise: 5432, range: 1...65535),
                .required("database", .text, "the database's name", range: 1...63),
                .required("user", .text, "who signs in; a role that may only read is best", range: 1...63),
                .required("query", .text, "one SELECT", range: 1...20_000, example: "select day, sum(amount) as sales from orders group by day"),
                .optional("time_column", .text, "the column with the time; the first one of the type date or timestamp otherwise", range: 1...63),
                .optional("metric_column", .text, "the column with the KPI's name, where each row holds one value", range: 1...63),
                .optional("value_column", .text, "the column with the value; together with metric_column", range: 1...63),
                .optional("tls", .text, "how the connection is protected", otherwise: "require", choices: ["require", "verify-full", "disable"]),
            ],
            credentials: [.required("password", .text, "the role's password", range: 1...1000)], interval: 3600)
    }

    public func check(_ config: ConnectorSettings, _ credentials: ConnectorSettings, _ issues: inout [AppError.Issue]) {
        do throws(AppError) { _ = try Self.address(config) } catch { issues += error.issues }
        issues.require(
            (config.text("metric_column") == nil) == (config.text("value_column") == nil), "config.value_column",
            "expected together with metric_column")
        let first = Self.statement(config).drop { $0.isWhitespace }.prefix { $0.isLetter }.lowercased()
        issues.require(["select", "with", "values", "table"].contains(first), "config.query", "expected one SELECT")
    }

    public func destination(_ config: ConnectorSettings) -> String? {
        "\(config.text("host") ?? ""):\(config.integer("port") ?? 5432)/\(config.text("user") ?? "")"
    }

    /// Where the server is. Throws `VALIDATION_ERROR`.
    public static func address(_ config: ConnectorSettings) throws(AppError) -> WebAddress {
        let host = config.text("host") ?? ""
        return try WebAddress("https://\(host.contains(":") ? "[\(host)]" : host):\(config.integer("port") ?? 5432)", field: "config.host")
    }

    /// The query without what may stand behind it.
    public static func statement(_ config: ConnectorSettings) -> String {
        var text = config.text("query") ?? ""
        while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
        return text
    }

    public func requests(_ pull: Pull) -> [PullRequest] { [] }

    public func read(_ answer: PulledAnswer, to request: PullRequest, _ pull: Pull) throws(PullFault) -> PullPage {
        throw PullFault(.settings, "A database is not asked over HTTP.")
    }

    /// The values of rows, each an object with a member for each column.
    public static func page(of rows: [JSONValue], _ config: ConnectorSettings) throws(PullFault) -> PullPage {
        guard let first = rows.first?.object else { return PullPage(.values(ValueBatch()), read: 0) }
        let names = first.map(\.name)
        for (field, name) in ["time_column", "metric_column", "value_column"].compactMap({ field in config.text(field).map { (field, $0) } })
        where !names.contains(name) {
            throw PullFault(.wrongShape, "The query has no column \(name), which \(field) names; it has \(names.prefix(20).joined(separator: ", ")).")
        }
        guard
            let time = config.text("time_column")
                ?? names.first(where: { name in rows.contains { $0[name]?.string.flatMap { RecordTime.read(.string($0)) } != nil } })
        else {
            throw PullFault(.wrongShape, "None of the columns \(names.prefix(20).joined(separator: ", ")) holds times; name it in time_column.")
        }
        let mapping: RecordMapping
        if let metric = config.text("metric_column"), let value = config.text("value_column") {
            mapping = RecordMapping(time: .member(time), metrics: [], name: .member(metric), value: .member(value))
        } else {
            // A column is a KPI where any of its values is a number.
            let values = names.filter { name in name != time && rows.contains { $0[name]?.number != nil } }
            // Rows that hold nothing yet may stand before others that do.
            guard !values.isEmpty || !rows.contains(where: { row in names.contains { $0 != time && row[$0]?.isNull == false } }) else {
                throw PullFault(.wrongShape, "None of the columns holds numbers.")
            }
            mapping = RecordMapping(time: .member(time), metrics: values.map { (name: $0, path: .member($0)) }, name: nil, value: nil)
        }
        return try mapping.page(of: .array(rows))
    }
}
