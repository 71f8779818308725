/// Looks at all rows of a table once and says what its columns hold, in constant memory.
///
/// The last three rows wait until it is known that they are the last, since totals stand there and must not count.
public struct TableProfiler: Sendable {
    /// The columns' names.
    public private(set) var names: [String]
    private let limits: ProfileLimits
    private let delimiter: UInt8?
    private let overrides: [String: ColumnOverride]
    private var columns: [ColumnEvidence]
    /// Rows that count so far, those that wait left out.
    private var rows = 0
    private var waiting: [WaitingRow] = []
    /// A first row that is named a total, or has no name: it is one if it is the sum of the others.
    private var opening: WaitingRow?

    /// How many last rows wait.
    private static let held = 3

    /// - Parameters:
    ///   - names: the header, or names in its place; as many columns are looked at.
    ///   - delimiter: the byte between the fields, a hint at national habits; nil where there is none.
    ///   - overrides: what a person says about columns, by name.
    ///   - limits: defaults to what suits the number of columns.
    public init(names: [String], delimiter: UInt8? = nil, overrides: [String: ColumnOverride] = [:], limits: ProfileLimits? = nil) {
        self.names = names
        self.delimiter = delimiter
        self.overrides = overrides
        let limits = limits ?? ProfileLimits(columns: names.count)
        self.limits = limits
        columns = [ColumnEvidence](repeating: ColumnEvidence(limits: limits), count: names.count)
    }

    /// Says what the columns are called, and that there are as many; the rows so far have nothing in those that are new, of which less is kept, so
    /// that columns which come one after the other take no more than those that are known from the beginning.
    public mutating func rename(_ names: [String]) {
        let late = names.count > columns.count ? limits.atMost(ProfileLimits(columns: 4 * names.count)) : limits
        while columns.count < names.count { columns.append(ColumnEvidence(limits: late, missing: rows)) }
        self.names = names + self.names.dropFirst(names.count)
    }

    /// Adds rows below those added before. Fields beyond the last column do not count; missing ones are empty.
    public mutating func add(_ batch: RecordBatch) {
        RecordFields.look(batch) { fields in
            guard fields.count > 0 else { return }
            let free = max(fields.count - Self.held, 0)
            if free > 0 || waiting.count + fields.count > Self.held { release(max(waiting.count + fields.count - Self.held, 0)) }
            var first = 0
            if rows == 0, waiting.isEmpty, opening == nil, free > 0, mayBeTotal(fields) {
                opening = WaitingRow(fields, 0)
                first = 1
            }
            count(fields, from: first, to: free)
            for record in max(first, free)..<fields.count { waiting.append(WaitingRow(fields, record)) }
        }
    }

    /// Lets the oldest of the waiting rows count.
    private mutating func release(_ number: Int) {
        for row in waiting.prefix(number) { count(row) }
        waiting.removeFirst(min(number, waiting.count))
    }

    private mutating func count(_ fields: RecordFields, from first: Int, to end: Int) {
        guard first < end else { return }
        rows += end - first
        columns.withUnsafeMutableBufferPointer { columns in
            for record in first..<end {
                let range = fields.fields(record)
                let present = min(range.count, columns.count)
                for index in 0..<present {
                    let field = fields.field(range.lowerBound + index)
                    columns[index].add(field.start, field.count, line: fields.line(record))
                }
                for index in present..<max(columns.count, present) { columns[index].addMissing() }
            }
        }
    }

    private mutating func count(_ row: WaitingRow) {
        let batch = row.batch
        RecordFields.look(batch) { count($0, from: 0, to: 1) }
    }

    private func mayBeTotal(_ fields: RecordFields) -> Bool {
        let record = fields.fields(0)
        guard let first = record.first, record.count > 1 else { return false }
        return fields.field(first).count == 0
            || record.prefix(3).contains { index in
                let field = fields.field(index)
                return TotalRow.isLabel(FieldText(field.start, field.count))
            }
    }

    /// Whether a row sums up all rows added so far. Those rows are looked at as if the row were the next one.
    public func judge(_ record: RecordBatch) -> TotalRow.Verdict? {
        var all = self
        all.release(all.waiting.count)
        return RecordFields.look(record) { fields in fields.count == 0 ? nil : all.judge(fields) }
    }

    private func judge(_ fields: RecordFields) -> TotalRow.Verdict? {
        let row = fields.fields(0).map { index in
            let field = fields.field(index)
            return FieldText(field.start, field.count)
        }
        return TotalRow.judge(row, columns.map(Self.summary), rows: rows)
    }

    private static func summary(_ column: ColumnEvidence) -> TotalRow.Column {
        func sum(_ marked: Distribution) -> Moments {
            var all = column.numbers.plain.moments
            all.merge(marked.moments)
            return all
        }
        return TotalRow.Column(
            point: sum(column.numbers.point), comma: sum(column.numbers.comma), filled: column.filled, names: column.texts + column.times.dates,
            holds: { !column.frequent.isExact || column.frequent.contains(TextHash.of($0.bytes, $0.count)) })
    }

    /// What the table holds, when its last row has been added.
    ///
    /// - Parameter total: the number of a row that is known to sum up the others, from 0; nil where none is known.
    public consuming func finish(total: Int? = nil) -> TableProfile {
        let totals = takeTotals(known: total)
        let context = TypeContext(columns, delimiter: delimiter)
        var profiles: [ColumnProfile] = []
        var warnings: [ColumnWarning] = []
        var nulls = 0
        for (index, evidence) in columns.enumerated() {
            let choice = TypeChoice(name: names[index], evidence: evidence, context: context, override: overrides[names[index]] ?? ColumnOverride())
            let decision = choice.decide()
            nulls += decision.nulls
            warnings += decision.warnings
            profiles.append(
                ColumnProfile(name: names[index], index: index, rows: rows, evidence: evidence, decision: decision, top: limits.topValues))
        }
        let fields = rows * columns.count
        return TableProfile(
            rows: rows, columns: profiles, nullShare: fields > 0 ? Double(nulls) / Double(fields) : 0, totalRows: totals, warnings: warnings)
    }

    /// Decides on the rows that wait.
    private mutating func takeTotals(known: Int?) -> [TableProfile.Total] {
        var totals: [TableProfile.Total] = []
        for row in waiting {
            let verdict = RecordFields.look(row.batch) { judge($0) }
            if let reason = verdict?.reason ?? (row.record == known ? "it sums up the others" : nil) {
                totals.append(.init(record: row.record, row: row.line, reason: reason))
            } else {
                count(row)
            }
        }
        waiting = []
        if let opening {
            self.opening = nil
            let verdict = RecordFields.look(opening.batch) { judge($0) }
            if let verdict, !verdict.columns.isEmpty || verdict.missesNames {
                totals.insert(.init(record: opening.record, row: opening.line, reason: verdict.reason), at: 0)
            } else {
                count(opening)
            }
        }
        return totals
    }

    /// Adds what another one has seen of the rows below, with the same columns. Its rows that wait count as its last ones.
    public mutating func merge(_ other: TableProfiler) {
        release(waiting.count)
        var other = other
        if let opening = other.opening { other.count(opening) }
        for index in columns.indices where index < other.columns.count { columns[index].merge(other.columns[index]) }
        rows += other.rows
        waiting = other.waiting
    }
}

/// A row that is kept until it is known what it is.
private struct WaitingRow: Sendable {
    let batch: RecordBatch
    /// The record's number, from 0.
    var record: Int { batch.firstRecord }
    /// The line where it begins.
    var line: Int { batch.lines[0] }

    init(_ fields: RecordFields, _ index: Int) {
        var copy = RecordBatch(firstRecord: fields.first + index)
        for field in fields.fields(index) {
            let (start, count) = fields.field(field)
            copy.append(UnsafeBufferPointer(start: start, count: count))
        }
        copy.endRecord(line: fields.line(index))
        batch = copy
    }
}
