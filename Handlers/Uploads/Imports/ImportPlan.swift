public import Kernel

/// A mapping whose columns were found in a table.
public struct ImportPlan: Sendable {
    /// A column with values, or in the long layout the one with all of them.
    struct Value: Sendable {
        let column: Int
        let name: String
        let unit: String?
        let aggregation: Aggregation
    }

    let columns: [ImportColumn]
    let time: Int
    let business: UUID?
    let businessColumn: Int?
    let businesses: [[UInt8]: UUID]
    let metricColumn: Int?
    let values: [Value]
    let units: [String: String]
    /// Of KPIs that a column names; all others have ``aggregation``.
    let aggregations: [String: Aggregation]
    let dimensions: [Int]
    let stopsOnRefusal: Bool
    let aggregation: Aggregation

    /// Throws `VALIDATION_ERROR` naming each column that the table has not.
    public init(_ mapping: ImportMapping, columns: [ImportColumn]) throws(AppError) {
        var issues: [AppError.Issue] = []
        mapping.validate(&issues)
        guard issues.isEmpty else { throw AppError(.validation, issues: issues) }
        func find(_ field: String, _ name: String) -> Int {
            if let index = columns.firstIndex(where: { $0.name == name }) { return index }
            if name.first == "#", let place = Int(name.dropFirst()), columns.indices.contains(place - 1) { return place - 1 }
            let known = columns.prefix(20).map { "`\($0.name)`" }.joined(separator: ", ")
            issues.append(
                .init(field: field, issue: "the table has no column `\(name.prefix(100))`; it has \(known)\(columns.count > 20 ? ", …" : "")"))
            return 0
        }
        self.columns = columns
        let aggregation = mapping.aggregation ?? .last
        self.aggregation = aggregation
        time = find("time_column", mapping.timeColumn)
        business = mapping.businessID
        businessColumn = mapping.businessColumn.map { find("business_column", $0) }
        businesses = Dictionary((mapping.businesses ?? [:]).map { (Array($0.key.utf8), $0.value) }) { first, _ in first }
        metricColumn = mapping.metricColumn.map { find("metric_column", $0) }
        var values: [Value] = []
        for (index, metric) in (mapping.metrics ?? []).enumerated() {
            let column = find("metrics[\(index)].column", metric.column)
            let name = metric.name ?? (columns.isEmpty ? "" : columns[column].name)
            values.append(Value(column: column, name: name, unit: metric.unit, aggregation: metric.aggregation ?? aggregation))
        }
        if let column = mapping.valueColumn {
            values.append(Value(column: find("value_column", column), name: "", unit: nil, aggregation: aggregation))
        }
        self.values = values
        units = mapping.units ?? [:]
        aggregations = mapping.aggregations ?? [:]
        dimensions = (mapping.dimensions ?? []).enumerated().map { find("dimensions[\($0.offset)]", $0.element) }
        stopsOnRefusal = mapping.stopOnRefusal ?? false
        let names = values.map(\.name)
        if metricColumn == nil, Set(names).count < names.count {
            issues.append(.init(field: "metrics", issue: "two columns make a KPI of the same name; give one of them a `name`"))
        }
        guard issues.isEmpty else { throw AppError(.validation, issues: issues) }
    }
}
