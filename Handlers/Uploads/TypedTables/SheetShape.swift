import Tabular

/// Where the header of a sheet stands, and what it says. Made of the first rows; kept, so that a later reading finds the same rows.
public struct SheetShape: Sendable, Hashable, Codable {
    /// Records above the header, or above the first row of data, that hold something: titles, notes.
    public var skipRows = 0
    /// Records that are the header: 0, 1, or 2 where the upper one names groups of columns.
    public var headerRows = 0
    /// The names, those of two rows joined by a blank; nil where there is no header.
    public var header: [String]?
    /// Columns of the first rows, the header included.
    public var columns = 0
    /// Why, for people.
    public var reason = ""

    enum CodingKeys: String, CodingKey {
        case header, columns, reason
        case skipRows = "skip_rows"
        case headerRows = "header_rows"
    }

    /// A table without a header.
    public init() {}

    /// So many records decide.
    public static let sampleRecords = 200

    /// The shape of a sheet by its first records, empty ones left out.
    init(_ sample: [SampleRecord]) {
        columns = sample.map(\.cells.count).max() ?? 0
        let width = Self.width(sample)
        guard let first = sample.firstIndex(where: { $0.filled * 5 >= width * 3 }) else { return }
        skipRows = first
        let below = sample[(first + 1)...].prefix(50)
        guard sample[first].isHeader(above: below) else {
            reason = "the first full row holds values"
            return
        }
        headerRows = 1
        header = sample[first].names(columns)
        reason = "the first full row holds names"
        if first > 0, Set(header ?? []).count < width, sample[first - 1].filled > 1,
            sample[first - 1].cells.allSatisfy({ $0.kind == .text || $0.kind == .empty })
        {
            skipRows = first - 1
            headerRows = 2
            header = zip(sample[first - 1].groups(columns), sample[first].names(columns)).map { $0.isEmpty || $1.isEmpty ? $0 + $1 : "\($0) \($1)" }
            reason = "two rows hold names"
        }
    }

    /// The width that most records have, the wider one of two that are as frequent.
    private static func width(_ sample: [SampleRecord]) -> Int {
        var counts: [Int: Int] = [:]
        for record in sample { counts[record.filled, default: 0] += 1 }
        return counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 0
    }
}

/// One of the first records of a sheet.
struct SampleRecord {
    let cells: [(kind: CellKind, text: String)]

    /// Nil where the record is empty.
    init?(_ batch: TypedBatch, _ record: Int) {
        cells = batch.records.fields(of: record).map { (batch.kinds[$0], batch.records.text($0) ?? "") }
        guard !cells.isEmpty else { return nil }
    }

    var filled: Int { cells.count { $0.kind != .empty } }

    /// Whether the record names columns: texts that are all different, above values of other kinds or above other texts; or text and rising years.
    func isHeader(above below: some Collection<SampleRecord>) -> Bool {
        let texts = cells.filter { $0.kind == .text }
        guard texts.count > 0, !below.isEmpty || texts.count > 1 else { return false }
        guard texts.count == filled else { return areYears }
        if Set(texts.map(\.text)).count == texts.count { return true }
        return below.contains { record in record.cells.contains { $0.kind != .text && $0.kind != .empty } }
    }

    private var areYears: Bool {
        let others = cells.filter { $0.kind != .text && $0.kind != .empty }
        let years = others.compactMap { $0.kind == .number ? Int($0.text) : nil }
        return cells.first?.kind != .number && years.count == others.count && years.count > 1 && zip(years, years.dropFirst()).allSatisfy { $0 < $1 }
            && years.allSatisfy { (1900...2100).contains($0) }
    }

    func names(_ columns: Int) -> [String] { (0..<columns).map { $0 < cells.count ? cells[$0].text : "" } }

    /// The names of groups: each holds for the columns to its right, up to the next one.
    func groups(_ columns: Int) -> [String] {
        var last = ""
        return names(columns).map { name in
            if !name.isEmpty { last = name }
            return last
        }
    }
}
