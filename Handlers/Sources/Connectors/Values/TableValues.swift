import Imports
import Kernel
import Tabular
import TypedTables

/// Values of KPIs in a delimited text: its mapping is found once over all rows, or given.
enum TableValues {
    /// Setting of a mapping, in the form of an import's.
    static let mapping = ConnectorField.optional(
        "mapping", .object, "which columns hold the time and the values, as an import's mapping; found by itself where it is left out",
        example: ["layout": "wide", "time_column": "day", "metrics": [["column": "amount"]]])

    static func check(_ config: ConnectorSettings, _ issues: inout [AppError.Issue]) {
        guard let given = config.object("mapping") else { return }
        do throws(AppError) { _ = try mapping(given) } catch {
            issues += error.issues.map { .init(field: "config.mapping.\($0.field)", issue: $0.issue) }
        }
    }

    /// Its businesses are the source's own, whatever it says.
    private static func mapping(_ given: JSONObject) throws(AppError) -> ImportMapping {
        var given = given
        for name in ["business_column", "businesses", "table"] { given[name] = nil }
        given["business_id"] = .string("\(UUID.zero)")
        let mapping = try JSON.decode(ImportMapping.self, from: .object(given))
        var issues: [AppError.Issue] = []
        mapping.validate(&issues)
        guard issues.isEmpty else { throw AppError(.validation, issues: issues) }
        return mapping
    }

    static func page(of answer: PulledAnswer, _ config: ConnectorSettings) throws(PullFault) -> PullPage {
        if answer.body.isEmpty { throw PullFault(.emptyAnswer, "The answer is empty; a table was expected.") }
        let start = String(decoding: answer.body.prefix(200), as: UTF8.self).lowercased()
        if answer.contentType == "text/html" || start.contains("<!doctype html") || start.contains("<html") {
            throw PullFault(
                .wrongFormat, "The answer is a web page and no table. It may need a sign-in: share it with everybody who has the link.")
        }
        do throws(AppError) { return try read(answer.body, config) } catch {
            throw PullFault(.wrongFormat, "The table cannot be read: \(error.message)")
        }
    }

    private static func read(_ bytes: [UInt8], _ config: ConnectorSettings) throws(AppError) -> PullPage {
        let (shape, profile) = try look(bytes)
        let mapping: ImportMapping
        if let given = config.object("mapping") {
            mapping = try Self.mapping(given)
        } else if let guess = MappingSearch.suggest(profile) {
            mapping = ImportMapping(guess)
        } else {
            throw AppError(.unprocessableFile, "no column of dates and one of numbers was found; say in mapping which they are")
        }
        let plan = try ImportPlan(mapping, columns: profile.columns.map { ImportColumn(name: $0.name, type: $0.type) })
        var mapper = RowMapper(plan, totals: Set(profile.totalRows.map(\.record)))
        var reader = DelimitedReader(shape: shape)
        try reader.feed(bytes)
        try reader.finish()
        while mapper.waiting < ValueBatch.mostValues, let batch = reader.next() { try mapper.read(batch) }
        return page(&mapper)
    }

    private static func page(_ mapper: inout RowMapper) -> PullPage {
        let taken = mapper.take()
        var batch = ValueBatch()
        let series = mapper.series.series.map { ValueBatch.Series(name: $0.name, unit: $0.unit) }
        var page = PullPage(.values(batch), read: mapper.rowsRead)
        for merged in taken {
            for index in 0..<merged.count {
                _ = batch.add(series[Int(merged.series[index]) - 1], Timestamp(microseconds: merged.times[index]), merged.values[index])
            }
        }
        page.records = .values(batch)
        for refusal in mapper.refusals.kept.prefix(PullPage.mostRefusals) {
            page.refuse(refusal.row, "line \(refusal.line)\(refusal.column.map { ", \($0)" } ?? "") \(refusal.reason)")
        }
        page.refused = mapper.refusals.count
        if batch.isCut || mapper.valuesRead >= ValueBatch.mostValues { page.warning = ValueBatch.cutWarning }
        if series.count > ValueBatch.mostSeries { page.warning = "The table has \(series.count) KPIs; the first \(ValueBatch.mostSeries) are taken." }
        return page
    }

    /// The first look: how it is written, and what its columns hold.
    private static func look(_ bytes: [UInt8]) throws(AppError) -> (TableShape, TableProfile) {
        var reader = DelimitedReader()
        try reader.feed(bytes)
        try reader.finish()
        let shape = reader.shape ?? TableShape()
        var profiler = TableProfiler(names: names(shape), delimiter: shape.delimiter.utf8.first)
        while let batch = reader.next() { profiler.add(batch) }
        return (shape, profiler.finish(total: reader.summary.totalRecord))
    }

    private static func names(_ shape: TableShape) -> [String] {
        var used: Set<String> = []
        return (0..<max(shape.columns, shape.header?.count ?? 0)).map { index in
            let given = shape.header.flatMap { index < $0.count ? $0[index] : nil } ?? ""
            let name = given.isEmpty ? "column \(index + 1)" : given
            var unique = name
            var number = 2
            while !used.insert(unique).inserted {
                unique = "\(name) (\(number))"
                number += 1
            }
            return unique
        }
    }
}

extension ImportMapping {
    /// What was guessed.
    fileprivate init(_ guess: MappingSuggestion) {
        self.init(layout: guess.layout == .long ? .long : .wide, timeColumn: guess.timeColumn)
        businessID = .zero
        metrics = guess.metrics?.map { Metric(column: $0.column, unit: $0.unit, aggregation: Aggregation(rawValue: $0.aggregation.rawValue)) }
        metricColumn = guess.metricColumn
        valueColumn = guess.valueColumn
        let dividing = (guess.businessColumn.map { [$0] } ?? []) + guess.dimensions
        dimensions = dividing.isEmpty ? nil : Array(dividing.prefix(Self.mostDimensions))
        aggregation = Aggregation(rawValue: guess.aggregation.rawValue)
    }
}
