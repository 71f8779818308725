/// Finds a mapping from what the columns hold and what they are called.
public enum MappingSearch {
    /// The most columns that divide KPIs into series.
    private static let mostDimensions = 4
    /// The most KPIs of one import.
    private static let mostMetrics = 1000
    /// The most different words of such a column.
    private static let mostWords = 200

    /// A mapping for a table; nil where no column holds dates, or no other one numbers that can be measured.
    public static func suggest(_ table: TableProfile) -> MappingSuggestion? {
        guard let time = time(table) else { return nil }
        let numbers = table.columns.filter { isMeasure($0) && $0.index != time.index }
        guard !numbers.isEmpty else { return nil }
        let business = business(table, except: time)
        if let long = long(table, time, numbers, business) { return long }
        return wide(table, time, numbers, business)
    }

    // MARK: The time

    /// The column of dates that most promises when something happened: fewest gaps, a name that says so, then the first.
    private static func time(_ table: TableProfile) -> ColumnProfile? {
        let dated = table.columns.filter { $0.type.base == .date || $0.type.base == .datetime }
        if let best = first(dated, by: { score($0, table.rows) }) { return best }
        // A column of years is better than no time at all.
        return table.columns.first { $0.type.kind == .year && $0.nulls == 0 }
    }

    private static func score(_ column: ColumnProfile, _ rows: Int) -> Double {
        let filled = rows > 0 ? 1 - Double(column.nulls + column.invalid) / Double(rows) : 1
        return filled * 4 + (NameHints.holds(column.name, NameHints.times) ? 1 : 0) + (column.distinct > 1 ? 0.5 : 0)
    }

    private static func first(_ columns: [ColumnProfile], by score: (ColumnProfile) -> Double) -> ColumnProfile? {
        var best: (column: ColumnProfile, score: Double)?
        for column in columns {
            let score = score(column)
            if score > best?.score ?? 0 { best = (column, score) }
        }
        return best?.column
    }

    // MARK: Numbers and words

    private static func isMeasure(_ column: ColumnProfile) -> Bool {
        if column.type.kind == .duration { return true }
        guard column.type.base == .number, column.type.kind != .identifier, column.type.kind != .year else { return false }
        // Seconds since 1970 and the like.
        return column.type.kind != .integer || !NameHints.holds(column.name, ["unix", "epoch", "timestamp", "ts"])
    }

    /// Whether a column's words come again and again.
    private static func isDimension(_ column: ColumnProfile, _ rows: Int) -> Bool {
        guard column.type.base == .text || column.type.base == .boolean, column.type.kind != .identifier else { return false }
        return column.distinct > 1 && column.distinct <= mostWords && column.distinct * 2 <= max(rows, 4)
    }

    private static func business(_ table: TableProfile, except time: ColumnProfile) -> ColumnProfile? {
        table.columns.first { column in
            column.index != time.index && column.type.base == .text && column.distinct <= 10_000 && column.distinct * 2 <= max(table.rows, 2)
                && column.nulls == 0 && NameHints.holds(column.name, NameHints.businesses)
        }
    }

    // MARK: Layouts

    /// One column of numbers, named as values in general, or a column of words that is named as the KPI's name.
    private static func long(
        _ table: TableProfile, _ time: ColumnProfile, _ numbers: [ColumnProfile], _ business: ColumnProfile?
    ) -> MappingSuggestion? {
        let words = table.columns.filter { $0.index != business?.index && isDimension($0, table.rows) }
        let named = words.first { NameHints.holds($0.name, NameHints.metrics) }
        let value = numbers.count == 1 ? numbers[0] : numbers.first { NameHints.holds($0.name, NameHints.values) }
        guard let value, let metric = named ?? (NameHints.holds(value.name, NameHints.values) ? words.first { $0.type.base == .text } : nil) else {
            return nil
        }
        guard numbers.count == 1 || named != nil && NameHints.holds(value.name, NameHints.values) else { return nil }
        var suggestion = base(.long, table, time, business, used: [metric.index, value.index])
        suggestion.metricColumn = metric.name
        suggestion.valueColumn = value.name
        suggestion.aggregation = aggregation(value)
        suggestion.confidence *= named != nil ? 0.9 : 0.7
        suggestion.reasons.append("\"\(metric.name)\" holds \(metric.distinct) different words beside the numbers of \"\(value.name)\"")
        return suggestion
    }

    private static func wide(
        _ table: TableProfile, _ time: ColumnProfile, _ numbers: [ColumnProfile], _ business: ColumnProfile?
    ) -> MappingSuggestion {
        var suggestion = base(.wide, table, time, business, used: Set(numbers.map(\.index)))
        let metrics = numbers.prefix(mostMetrics).map { MappingSuggestion.Metric(column: $0.name, unit: unit($0), aggregation: aggregation($0)) }
        suggestion.metrics = metrics
        suggestion.ignored += numbers.dropFirst(mostMetrics).map { .init(column: $0.name, reason: "an import has at most \(mostMetrics) KPIs") }
        let sums = metrics.filter { $0.aggregation == .sum }.count
        suggestion.aggregation = sums * 2 >= metrics.count ? .sum : metrics.first { $0.aggregation != .sum }?.aggregation ?? .sum
        suggestion.reasons.append("\(metrics.count) columns hold numbers, each a KPI of its own")
        return suggestion
    }

    /// What both layouts share; columns that are not used become dimensions or are left out.
    private static func base(
        _ layout: MappingSuggestion.Layout, _ table: TableProfile, _ time: ColumnProfile, _ business: ColumnProfile?, used: Set<Int>
    ) -> MappingSuggestion {
        var dimensions: [String] = []
        var ignored: [MappingSuggestion.Ignored] = []
        // As many series as there are combinations of words; too many of them say nothing.
        var series = 1
        let isTimeUnique = time.isDistinctExact && time.distinct >= table.rows
        for column in table.columns where column.index != time.index && column.index != business?.index && !used.contains(column.index) {
            if isTimeUnique {
                ignored.append(.init(column: column.name, reason: "each time has one row only"))
            } else if isDimension(column, table.rows), dimensions.count < mostDimensions, series * column.distinct <= 1000 {
                dimensions.append(column.name)
                series *= column.distinct
            } else {
                ignored.append(.init(column: column.name, reason: reason(column)))
            }
        }
        return MappingSuggestion(
            layout: layout, timeColumn: time.name, businessColumn: business?.name, dimensions: dimensions, aggregation: .last, ignored: ignored,
            confidence: time.confidence, reasons: ["\"\(time.name)\" holds the times: \(time.type.format)"])
    }

    private static func reason(_ column: ColumnProfile) -> String {
        switch column.type.kind {
        case .empty: "it is empty"
        case .identifier: "its values name one thing each"
        case .date, .datetime, .time, .year: "another column holds the times"
        default: column.distinct <= 1 ? "it holds one value only" : "it holds \(column.distinct) different words"
        }
    }

    /// What suits a KPI when several values meet.
    static func aggregation(_ column: ColumnProfile) -> MappingSuggestion.Aggregation {
        if NameHints.holds(column.name, NameHints.levels) { return .last }
        if column.type.kind == .percent || column.type.kind == .duration || column.name.contains("%")
            || NameHints.holds(column.name, NameHints.averaged)
        {
            return .mean
        }
        return .sum
    }

    private static func unit(_ column: ColumnProfile) -> String? {
        switch column.type.kind {
        case .currency: column.type.currency
        case .percent: "%"
        case .duration: "s"
        default: nil
        }
    }
}
