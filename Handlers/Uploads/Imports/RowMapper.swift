public import Kernel
public import Tabular

/// Turns records of a table into values of series, in constant memory but for the series and the refused rows.
public struct RowMapper: Sendable {
    private let plan: ImportPlan
    private var readers: [ColumnReader]
    /// Records that sum up others, by their number from 0.
    private let totals: Set<Int>
    private var keys = SeriesKeys()
    /// One for each kind of aggregation.
    private var pending: [ValueMerge]
    /// Which of them a series goes to, by its number.
    private var merges = [0]
    private var row: [(place: Int, value: Double)] = []
    public private(set) var series = SeriesTable()
    public private(set) var refusals = Refusals()
    public private(set) var rowsRead = 0
    /// Rows without a value in any column.
    public private(set) var rowsEmpty = 0
    public private(set) var valuesRead = 0
    /// The earliest and the latest time of a value, in microseconds; nil where there was none.
    public private(set) var times: ClosedRange<Int64>?

    /// `totals` are the numbers of records that sum up others, from 0; they are no rows.
    public init(_ plan: ImportPlan, totals: Set<Int> = []) {
        self.plan = plan
        self.totals = totals
        readers = plan.columns.map { ColumnReader($0.type) }
        pending = [ValueMerge(plan.values.first?.aggregation ?? plan.aggregation)]
    }

    /// Of the whole table, in its order.
    public var columnNames: [String] { plan.columns.map(\.name) }

    /// How many values wait to be taken.
    public var waiting: Int { pending.reduce(0) { $0 + $1.count } }

    /// The values so far, at most one of each series and time, those of one kind of aggregation together; none where nothing waits.
    public mutating func take() -> [ValueMerge] {
        var taken: [ValueMerge] = []
        for index in pending.indices where pending[index].count > 0 { taken.append(pending[index].take()) }
        return taken
    }

    /// Reads a batch. Throws `UNPROCESSABLE_FILE` where the first refused row is to end it, and where there are too many series.
    public mutating func read(_ batch: RecordBatch) throws(AppError) {
        for record in 0..<batch.count {
            if !totals.isEmpty, totals.contains(batch.firstRecord + record) { continue }
            rowsRead += 1
            if let problem = try read(record, of: batch) { try refuse(record, of: batch, problem) }
        }
    }

    private struct Problem {
        let column: Int?
        let reason: String
    }

    @inline(__always)
    private mutating func read(_ record: Int, of batch: RecordBatch) throws(AppError) -> Problem? {
        let fields = batch.fields(of: record)
        row.removeAll(keepingCapacity: true)
        for place in plan.values.indices {
            let column = plan.values[place].column
            guard column < fields.count else { continue }
            switch batch.withField(fields.lowerBound + column, { readers[column].read($0) }) {
            case .number(let value): row.append((place, value))
            case .duration(let micros): row.append((place, Double(micros) / 1_000_000))
            case .boolean(let flag): row.append((place, flag ? 1 : 0))
            case .null: continue
            case .time, .text, .invalid: return unreadable(column, record, batch)
            }
        }
        guard !row.isEmpty else {
            rowsEmpty += 1
            return nil
        }
        guard plan.time < fields.count else { return Problem(column: plan.time, reason: "has \(fields.count) columns, none of them with the time") }
        let time: Int64
        switch batch.withField(fields.lowerBound + plan.time, { readers[plan.time].read($0) }) {
        case .time(let value): time = value
        case .number(let year):
            guard plan.columns[plan.time].type.kind == .year, let first = Int(exactly: year).flatMap({ CalendarDate(year: $0, month: 1, day: 1) })
            else {
                return unreadable(plan.time, record, batch)
            }
            time = first.midnight.microseconds
        case .null: return Problem(column: plan.time, reason: "is empty; expected \(plan.columns[plan.time].expectation)")
        case .duration, .boolean, .text, .invalid: return unreadable(plan.time, record, batch)
        }
        guard time >= Self.earliest, time <= Self.latest else {
            return Problem(column: plan.time, reason: "is a time outside of the years 1 to 9999")
        }
        if let problem = try findSeries(record, of: batch) { return problem }
        for (place, value) in row {
            let number = keys.number(place)
            pending[merges[Int(number)]].add(number, time, value)
        }
        valuesRead += row.count
        times = times.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time
        return nil
    }

    /// What timestamps of the answers can say.
    private static let earliest: Int64 = -62_135_596_800_000_000
    private static let latest: Int64 = 253_402_300_799_999_999

    /// Makes sure that every value of the row has a series. Most rows are for the same ones as the row before.
    @inline(__always)
    private mutating func findSeries(_ record: Int, of batch: RecordBatch) throws(AppError) -> Problem? {
        let fields = batch.fields(of: record)
        keys.begin()
        if let column = plan.businessColumn { keys.append(field(column, fields, batch)) }
        if let column = plan.metricColumn { keys.append(field(column, fields, batch)) }
        for column in plan.dimensions { keys.append(field(column, fields, batch)) }
        keys.find(width: plan.values.count)
        for (place, _) in row where keys.number(place) == 0 {
            if let problem = try makeSeries(place, fields, batch) {
                keys.forget()
                return problem
            }
        }
        return nil
    }

    private mutating func makeSeries(_ place: Int, _ fields: Range<Int>, _ batch: RecordBatch) throws(AppError) -> Problem? {
        func text(_ column: Int) -> [UInt8] { field(column, fields, batch) }
        var business = plan.business
        if let column = plan.businessColumn {
            business = plan.businesses[text(column)]
            if business == nil {
                return Problem(column: column, reason: "holds \"\(Self.excerpt(text(column)))\", which `businesses` does not name")
            }
        }
        guard let business else { throw AppError(.internalError, detail: "a plan without a business") }
        var metric = plan.values[place].name
        var unit = plan.values[place].unit
        var aggregation = plan.values[place].aggregation
        if let column = plan.metricColumn {
            metric = Self.name(text(column))
            unit = plan.units[metric]
            aggregation = plan.aggregations[metric] ?? aggregation
            guard !metric.isEmpty else { return Problem(column: column, reason: "is empty; expected the name of a KPI") }
        }
        let dimensions = plan.dimensions.map { (name: plan.columns[$0].name, value: Self.name(text($0))) }
        let number = try series.number(Series(business: business, metric: metric, unit: unit, dimensions: dimensions))
        if Int(number) == merges.count { merges.append(merge(aggregation)) }
        keys.set(place, to: number)
        return nil
    }

    /// A text as part of a name. No text in the database holds a NUL.
    private static func name(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        return bytes.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text
    }

    /// The place of the merge of an aggregation; a new one where there was none.
    private mutating func merge(_ aggregation: Aggregation) -> Int {
        if let known = pending.firstIndex(where: { $0.aggregation == aggregation }) { return known }
        pending.append(ValueMerge(aggregation))
        return pending.count - 1
    }

    /// A field's bytes without blanks around them; none where the record is too short.
    private func field(_ column: Int, _ fields: Range<Int>, _ batch: RecordBatch) -> [UInt8] {
        guard column < fields.count else { return [] }
        return batch.withField(fields.lowerBound + column) { bytes in
            var slice = bytes[...]
            while let first = slice.first, first == 0x20 || first == 0x09 { slice = slice.dropFirst() }
            while let last = slice.last, last == 0x20 || last == 0x09 { slice = slice.dropLast() }
            return Array(slice)
        }
    }

    private func unreadable(_ column: Int, _ record: Int, _ batch: RecordBatch) -> Problem {
        let found = Self.excerpt(field(column, batch.fields(of: record), batch))
        return Problem(column: column, reason: "holds \"\(found)\"; expected \(plan.columns[column].expectation)")
    }

    private static func excerpt(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.count > 40 ? "\(text.prefix(40))…" : text
    }

    private mutating func refuse(_ record: Int, of batch: RecordBatch, _ problem: Problem) throws(AppError) {
        let line = batch.lines[record]
        let column = problem.column.map { plan.columns[$0].name }
        if plan.stopsOnRefusal {
            let what = column.map { "column \"\($0)\" \(problem.reason)" } ?? problem.reason
            throw AppError(.unprocessableFile, "Line \(line): \(what)", issues: [.init(field: "line \(line)", issue: what)])
        }
        refusals.add(
            Refusal(
                row: batch.firstRecord + record + 1, line: line, column: column, reason: problem.reason,
                fields: batch.row(record).map { $0 ?? "" }))
    }
}
