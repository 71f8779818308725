public import Kernel

/// Reads any delimited text: finds out by its beginning how it is written, then makes records of it, piece by piece, in constant memory.
///
/// The header and what stands above it are no records; see ``shape``. A short record is filled up with empty fields, a longer one keeps its fields;
/// comments and footnotes are left out. Of several tables below each other the first is read, unless ``ShapeOverrides/table`` names another one; the
/// others are found. ``summary`` tells of each of these. Nothing of a cell is changed but its quotes.
///
/// Throws ``AppError`` of code `UNPROCESSABLE_FILE`, with the line and what was expected there, where the file is no text or passes a limit of
/// ``TableLimits``; `VALIDATION_ERROR` for an override that makes no sense. After that the reader is of no use.
public struct DelimitedReader: ~Copyable, Sendable, RecordSource {
    /// More tables of one file are not looked at.
    static let mostTables = 100

    private let overrides: ShapeOverrides
    private let limits: TableLimits
    private let wanted: Int
    /// Whether further tables are looked for.
    private let looksOn: Bool
    private var head: [UInt8] = []
    /// The first table; it decodes the bytes of all of them.
    private var table: TableRecords?
    /// The one that is read now, where it is not the first.
    private var later: TableRecords?
    private var number = 1
    /// The text of a table that has begun, until enough of it is there to see its shape, and the line where it begins.
    private var following: (text: [UInt8], line: Int)?
    private var first = TableShape()
    private var starts: [TablePlace] = []
    private var ready: [RecordBatch] = []
    /// How the file is read, once enough of it was seen.
    public private(set) var shape: TableShape?

    /// A reader at the beginning of a file.
    public init(overrides: ShapeOverrides = ShapeOverrides(), limits: TableLimits = TableLimits()) {
        self.overrides = overrides
        self.limits = limits
        wanted = overrides.table ?? 1
        looksOn = true
    }

    /// A reader at the beginning of a file whose shape is known; or at a place in it that was noted before, from whose byte on it is then to be fed.
    /// Further tables are left alone.
    public init(shape: TableShape, from place: RowPlaces.Place? = nil, limits: TableLimits = TableLimits()) {
        overrides = ShapeOverrides()
        self.limits = limits
        wanted = 1
        looksOn = false
        self.shape = shape
        table = TableRecords(shape, limits: limits, from: place)
    }

    /// What has been read so far.
    public private(set) var summary = ReadSummary()

    public mutating func feed(_ bytes: [UInt8]) throws(AppError) {
        guard table == nil else { return try read(bytes) }
        head += bytes
        if head.count >= Sniffer.headBytes { try begin(whole: false) }
    }

    public mutating func finish() throws(AppError) {
        if table == nil { try begin(whole: true) }
        if table!.isOver() {
            try readLater(table!.decodeRest(UnsafeRawBufferPointer(start: nil, count: 0), final: true))
        } else {
            try table!.finish()
            if number == wanted { summary = table!.told() }
            endTable(isFirst: true)
        }
        while following != nil || later != nil {
            if following != nil { try beginLater(whole: true) }
            guard later != nil else { break }
            try later!.finish()
            endTable(isFirst: false)
        }
        guard wanted <= number else {
            throw AppError(.validation, issues: [.init(field: "table", issue: "the file has \(number); expected a number up to that")])
        }
        tell()
    }

    public mutating func next() -> RecordBatch? {
        if !ready.isEmpty { return ready.removeFirst() }
        guard number == wanted else { return nil }
        if later != nil { return later!.next() }
        return table == nil ? nil : table!.next()
    }

    private mutating func begin(whole: Bool) throws(AppError) {
        let sample = whole ? head : Array(head.prefix(Sniffer.headBytes))
        var overrides = overrides
        // Lines and records of the header are those of the table that is wanted.
        if wanted > 1 { (overrides.skipRows, overrides.headerRows) = (nil, nil) }
        first = try Sniffer.sniff(sample, whole: whole, overrides: overrides, limits: limits)
        if wanted == 1 { shape = first }
        note(first)
        table = TableRecords(first, limits: limits)
        let all = head
        head = []
        try read(all)
    }

    private mutating func note(_ shape: TableShape) {
        starts.append(TablePlace(table: number, row: shape.skipRows + 1, columns: shape.columns, header: shape.header))
    }

    /// Says how many tables there are beside what is told of the one that is wanted.
    private mutating func tell() {
        guard looksOn else { return }
        summary.tables = max(number, summary.tables)
        summary.starts = starts
    }

    private mutating func read(_ bytes: [UInt8]) throws(AppError) {
        var taken = 0
        while taken < bytes.count {
            let end = min(taken + 1 << 20, bytes.count)
            if table!.isOver() {
                guard looksOn else { return }
                try readLater(bytes.withUnsafeBytes { table!.decodeRest(UnsafeRawBufferPointer(rebasing: $0[taken..<end]), final: false) })
            } else {
                let failure = bytes.withUnsafeBytes { all -> AppError? in
                    do throws(AppError) {
                        try table!.read(UnsafeRawBufferPointer(rebasing: all[taken..<end]))
                        return nil
                    } catch { return error }
                }
                if let failure { throw failure }
                if number == wanted { summary = table!.told() }
                if table!.isOver() {
                    try table!.finish()
                    if number == wanted { summary = table!.told() }
                }
                if table!.isOver() || number != wanted { endTable(isFirst: true) }
            }
            taken = end
            tell()
        }
    }

    // MARK: Further tables

    private mutating func readLater(_ text: [UInt8]) throws(AppError) {
        guard !text.isEmpty, following != nil || later != nil else { return }
        if following != nil {
            following!.text += text
            if following!.text.count >= Sniffer.headBytes { try beginLater(whole: false) }
        } else {
            try feedLater(text)
        }
    }

    private mutating func beginLater(whole: Bool) throws(AppError) {
        guard let (text, line) = following else { return }
        following = nil
        number += 1
        var overrides = overrides.later(line: line, first)
        if number != wanted { (overrides.skipRows, overrides.headerRows) = (nil, nil) }
        var found = try Sniffer.sniffLater(
            whole ? text : Array(text.prefix(Sniffer.headBytes)), whole: whole, like: first, overrides: overrides, limits: limits)
        var local = found
        // The text was decoded before.
        (local.encoding, local.mark) = (.utf8, 0)
        found.skipRows += line - 1
        note(found)
        if number == wanted { shape = found }
        later = TableRecords(local, limits: limits, line: line)
        try feedLater(text)
    }

    private mutating func feedLater(_ text: [UInt8]) throws(AppError) {
        let failure = text.withUnsafeBytes { bytes -> AppError? in
            do throws(AppError) {
                try later!.read(bytes)
                return nil
            } catch { return error }
        }
        if let failure { throw failure }
        if number == wanted { summary = later!.told() }
        if later!.isOver() {
            try later!.finish()
            endTable(isFirst: false)
        } else if number != wanted {
            while later!.next() != nil {}
        }
    }

    /// Takes away what was read of a table, and what follows it if it has ended.
    private mutating func endTable(isFirst: Bool) {
        let (rest, line) = isFirst ? Self.take(&table!, &summary, &ready, number == wanted) : Self.take(&later!, &summary, &ready, number == wanted)
        if !isFirst { later = nil }
        // A table that ends where it begins is none.
        guard looksOn, line > starts[starts.count - 1].row, number < Self.mostTables, !rest.isEmpty else { return }
        following = (rest, line)
    }

    private static func take(
        _ table: inout TableRecords, _ summary: inout ReadSummary, _ ready: inout [RecordBatch], _ isWanted: Bool
    ) -> (text: [UInt8], line: Int) {
        if isWanted { summary = table.told() }
        while let batch = table.next() { if isWanted { ready.append(batch) } }
        return table.takeRest()
    }
}
