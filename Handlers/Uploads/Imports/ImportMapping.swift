public import Kernel

/// How a table's rows become values: which column says when, for which business, of which KPI, how much.
///
/// A column is named as in the table's header, or by its place as `#3`, from 1.
public struct ImportMapping: Codable, Sendable, Hashable, Validated {
    /// How the values stand in a row.
    public enum Layout: String, Codable, Sendable, Hashable, CaseIterable {
        /// Each KPI has a column of its own.
        case wide
        /// One column names the KPI, another one holds its value.
        case long
    }

    /// A column that holds values of one KPI.
    public struct Metric: Codable, Sendable, Hashable {
        public var column: String
        /// The KPI's name; the column's where it is nil.
        public var name: String?
        /// For example `EUR`; at most 50 characters.
        public var unit: String?
        /// What becomes of several values at one time; what the mapping says for all where it is nil.
        public var aggregation: Aggregation?

        public init(column: String, name: String? = nil, unit: String? = nil, aggregation: Aggregation? = nil) {
            self.column = column
            self.name = name
            self.unit = unit
            self.aggregation = aggregation
        }
    }

    /// The name of the table in a file that has several, such as a sheet; nil: the first one.
    public var table: String?
    public var layout: Layout
    public var timeColumn: String
    /// The one business that all rows are for; nil where a column says which.
    public var businessID: UUID?
    /// The column that says which business a row is for.
    public var businessColumn: String?
    /// What that column's texts stand for. A row with another text is refused.
    public var businesses: [String: UUID]?
    /// The columns with values; wide layout only.
    public var metrics: [Metric]?
    /// The column with the KPI's name, and the one with its value; long layout only.
    public var metricColumn: String?
    public var valueColumn: String?
    /// The KPI's units by name; long layout only.
    public var units: [String: String]?
    /// What becomes of several values at one time, by the KPI's name, where that is not ``aggregation``; long layout only.
    public var aggregations: [String: Aggregation]?
    /// Columns that divide a KPI into series of their own, for example a region. A KPI is stored for each combination of their texts.
    public var dimensions: [String]?
    /// What becomes of several values of one KPI at one time; the last one holds unless said otherwise.
    public var aggregation: Aggregation?
    /// The first row that cannot be read ends the import. Otherwise such rows are left out, counted and kept with the reason.
    public var stopOnRefusal: Bool?

    enum CodingKeys: String, CodingKey {
        case table, layout, metrics, units, dimensions, businesses, aggregation, aggregations
        case timeColumn = "time_column"
        case businessID = "business_id"
        case businessColumn = "business_column"
        case metricColumn = "metric_column"
        case valueColumn = "value_column"
        case stopOnRefusal = "stop_on_refusal"
    }

    public init(layout: Layout, timeColumn: String) {
        self.layout = layout
        self.timeColumn = timeColumn
    }

    /// The most metrics, dimensions and businesses of one mapping.
    public static let mostMetrics = 1000
    public static let mostDimensions = 8
    public static let mostBusinesses = 10_000

    public func validate(_ issues: inout [AppError.Issue]) {
        issues.require((businessID == nil) != (businessColumn == nil), "business_id", "expected this, or `business_column` with `businesses`")
        issues.require((businessColumn == nil) == (businesses == nil), "businesses", "expected together with `business_column`")
        issues.require((businesses?.count ?? 1) <= Self.mostBusinesses, "businesses", "expected at most \(Self.mostBusinesses)")
        issues.require((dimensions?.count ?? 0) <= Self.mostDimensions, "dimensions", "expected at most \(Self.mostDimensions)")
        switch layout {
        case .wide:
            issues.require((1...Self.mostMetrics).contains(metrics?.count ?? 0), "metrics", "expected 1 to \(Self.mostMetrics) columns with values")
            issues.require(metricColumn == nil, "metric_column", "expected with the layout long only")
            issues.require(valueColumn == nil, "value_column", "expected with the layout long only")
            issues.require(units == nil, "units", "expected with the layout long only; a metric has its own")
            issues.require(aggregations == nil, "aggregations", "expected with the layout long only; a metric has its own `aggregation`")
        case .long:
            issues.require(metricColumn != nil, "metric_column", "expected the column with the KPI's name")
            issues.require(valueColumn != nil, "value_column", "expected the column with the value")
            issues.require(metrics == nil, "metrics", "expected with the layout wide only")
        }
        for (index, metric) in (metrics ?? []).enumerated() {
            issues.requireLength(metric.name, "metrics[\(index)].name", 1...200)
            issues.requireLength(metric.unit, "metrics[\(index)].unit", 1...50)
        }
        issues.require((aggregations?.count ?? 0) <= Self.mostMetrics, "aggregations", "expected at most \(Self.mostMetrics)")
        for unit in (units ?? [:]).values { issues.requireLength(unit, "units", 1...50) }
        for (field, column) in columns {
            issues.require(!column.isEmpty && column.utf8.count <= 1024, field, "expected a column's name of 1 to 1024 bytes, or its place as #1")
        }
    }

    /// Every column that it names, with the field that does.
    var columns: [(field: String, column: String)] {
        var all = [("time_column", timeColumn)]
        if let businessColumn { all.append(("business_column", businessColumn)) }
        if let metricColumn { all.append(("metric_column", metricColumn)) }
        if let valueColumn { all.append(("value_column", valueColumn)) }
        for (index, metric) in (metrics ?? []).enumerated() { all.append(("metrics[\(index)].column", metric.column)) }
        for (index, dimension) in (dimensions ?? []).enumerated() { all.append(("dimensions[\(index)]", dimension)) }
        return all
    }
}
