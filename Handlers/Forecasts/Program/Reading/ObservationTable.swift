import Forecasting
import HandlerKit
import Tabular

/// A table of observations: a column of times, columns of numbers, perhaps one that names the series.
struct ObservationTable {
    private let names: [String]
    private let options: CommandOptions

    init(_ names: [String], _ options: CommandOptions) {
        self.names = names
        self.options = options
    }

    func read(_ batches: [RecordBatch]) throws(AppError) -> [NamedSeries] {
        let width = max(names.count, batches.map { batch in batch.isEmpty ? 0 : batch.fields(of: 0).count }.max() ?? 0)
        let titles = (0..<width).map { $0 < names.count && !names[$0].isEmpty ? names[$0] : "column_\($0 + 1)" }
        var profiler = TableProfiler(names: titles)
        for batch in batches { profiler.add(batch) }
        let types = profiler.finish().columns.map(\.type)
        guard let time = types.firstIndex(where: { $0.base == .date || $0.base == .datetime }) else {
            throw AppError.invalid("columns", "expected one of dates or times; found \(titles.joined(separator: ", "))")
        }
        let name = types.indices.first { Self.nameWords.contains(titles[$0].lowercased()) && $0 != time }
        let values = types.indices.filter { types[$0].base == .number && $0 != time && $0 != name }
        guard !values.isEmpty else { throw AppError.invalid("columns", "expected one of numbers beside \(titles[time])") }
        return try gather(batches, types, time: time, name: name, values: values, titles)
    }

    private static let nameWords: Set<String> = ["id", "series", "unique_id", "metric", "kpi", "name"]

    private func gather(
        _ batches: [RecordBatch], _ types: [ColumnType], time: Int, name: Int?, values: [Int], _ titles: [String]
    ) throws(AppError) -> [NamedSeries] {
        var timeReader = ColumnReader(types[time])
        var readers = values.map { ColumnReader(types[$0]) }
        var order: [String] = []
        var found: [String: [Observation]] = [:]
        for batch in batches {
            for record in 0..<batch.count {
                let fields = batch.fields(of: record)
                guard fields.lowerBound + time < fields.upperBound,
                    case .time(let micros) = batch.withField(fields.lowerBound + time, { timeReader.read($0) })
                else { continue }
                let group = name.map { batch.text(record, $0) } ?? ""
                for (index, column) in values.enumerated() where fields.lowerBound + column < fields.upperBound {
                    let key = group.isEmpty ? titles[column] : values.count == 1 ? group : "\(group)/\(titles[column])"
                    var value: Double?
                    if case .number(let number) = batch.withField(fields.lowerBound + column, { readers[index].read($0) }) { value = number }
                    if found[key] == nil { order.append(key) }
                    found[key, default: []].append(Observation(time: Timestamp(microseconds: micros), value: value))
                }
            }
        }
        var series: [NamedSeries] = []
        for key in order {
            let regular: RegularSeries
            do throws(AppError) {
                regular = try RegularSeries(found[key] ?? [], frequency: options.frequency, aggregation: options.aggregation)
            } catch {
                throw AppError.invalid(key, error.issues.first?.issue ?? error.message)
            }
            let frequency = regular.calendar.frequency
            series.append(
                NamedSeries(
                    id: key, values: regular.values,
                    options: ForecastOptions(
                        horizon: options.horizon ?? frequency.usualHorizon, frequency: frequency, lowest: options.lowest, highest: options.highest,
                        firstDay: regular.firstDay),
                    times: regular))
        }
        guard !series.isEmpty else { throw AppError.invalid("rows", "expected at least one with a time in \(titles[time])") }
        return series
    }
}
