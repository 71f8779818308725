/// A guess at how a table's rows become values of KPIs; the names are those of an import's mapping.
public struct MappingSuggestion: Sendable, Hashable, Codable {
    /// How the values stand in a row.
    public enum Layout: String, Sendable, Hashable, Codable, CaseIterable {
        /// Each KPI has a column of its own.
        case wide
        /// One column names the KPI, another one holds its value.
        case long
    }

    /// What becomes of several values of one KPI at one time.
    public enum Aggregation: String, Sendable, Hashable, Codable, CaseIterable {
        case last, first, sum, mean, min, max, count
    }

    /// A column that holds values of one KPI.
    public struct Metric: Sendable, Hashable, Codable {
        public var column: String
        /// The currency, or `%`; nil where nothing says.
        public var unit: String?
        /// What suits the KPI: a sum for amounts, a mean for rates and prices, the last value for stocks and balances.
        public var aggregation: Aggregation
    }

    public var layout: Layout
    public var timeColumn: String
    /// The column that says which business, branch or site a row is about.
    public var businessColumn: String?
    /// Wide only: the columns with values, in the table's order.
    public var metrics: [Metric]?
    /// Long only: the column with the KPI's name, and the one with its value.
    public var metricColumn: String?
    public var valueColumn: String?
    /// Columns with few different words, which divide a KPI into series.
    public var dimensions: [String]
    /// What suits most of the KPIs.
    public var aggregation: Aggregation
    /// Columns that are left out, and why.
    public var ignored: [Ignored]
    /// How sure it is, 0…1.
    public var confidence: Double
    public var reasons: [String]

    /// A column that is left out.
    public struct Ignored: Sendable, Hashable, Codable {
        public var column: String
        public var reason: String
    }

    enum CodingKeys: String, CodingKey {
        case layout, metrics, dimensions, aggregation, ignored, confidence, reasons
        case timeColumn = "time_column"
        case businessColumn = "business_column"
        case metricColumn = "metric_column"
        case valueColumn = "value_column"
    }
}
