import Kernel

/// Finds out what a file's columns hold from its first records.
enum LayoutSearch {
    /// The layout, with `place` behind the header; nil where more bytes are needed.
    ///
    /// Looks at the first ``TableLimits/sampleBytes``, at twice as many where no row ends in them, and so on: never at whatever happens to be there, so
    /// that the same file is read the same way however it arrives.
    static func run(_ buffer: borrowing ByteBuffer, _ place: inout Place, final: Bool, limits: TableLimits) throws(AppError) -> TableLayout? {
        var length = limits.sampleBytes
        while true {
            let end = min(place.position + length, buffer.end)
            let whole = final && end == buffer.end
            guard whole || end == place.position + length else { return nil }
            if let layout = try look(buffer, &place, to: end, final: whole, limits: limits) { return layout }
            length *= 2
        }
    }

    /// Nil only where the bytes go on behind `end`.
    private static func look(
        _ buffer: borrowing ByteBuffer, _ place: inout Place, to end: Int, final: Bool, limits: TableLimits
    ) throws(AppError) -> TableLayout? {
        var start = place
        skipMark(buffer, &start)
        skipBlankLines(buffer, &start, to: end)
        guard start.position < end else {
            if final { throw TableFault.file("The file is empty; expected a header and rows below it") }
            return nil
        }
        if isUTF16(buffer, start) { throw TableFault.at(line: 1, "the file is UTF-16; save it as UTF-8") }
        let dialect = DelimiterGuess.dialect(buffer.base, from: start.position, to: end, final: final, limits: limits)
        let scanner = RecordScanner(dialect: dialect, columns: limits.columns, longestField: limits.fieldBytes)
        guard let (names, below) = try header(scanner, dialect, buffer, start, to: end, final: final, limits: limits) else { return nil }
        guard let sample = try sample(scanner, names.count, buffer, below, to: end, final: final, limits: limits) else { return nil }
        let layout = try choose(names, sample, dialect, header: start.line)
        place = below
        return layout
    }

    /// The byte order mark that some programs put in front of UTF-8.
    private static func skipMark(_ buffer: borrowing ByteBuffer, _ place: inout Place) {
        let base = buffer.base + place.position
        if buffer.end - place.position >= 3, base[0] == 0xEF, base[1] == 0xBB, base[2] == 0xBF { place.position += 3 }
    }

    private static func skipBlankLines(_ buffer: borrowing ByteBuffer, _ place: inout Place, to end: Int) {
        while place.position < end {
            switch buffer.base[place.position] {
            case 0x0A: place.line += 1
            case 0x0D: if buffer.base[place.position + 1] != 0x0A { place.line += 1 }
            default: return
            }
            place.position += 1
        }
    }

    private static func isUTF16(_ buffer: borrowing ByteBuffer, _ place: Place) -> Bool {
        let first = buffer.base[place.position]
        let second = buffer.base[place.position + 1]
        return first == 0xFF && second == 0xFE || first == 0xFE && second == 0xFF
    }

    private static func header(
        _ scanner: borrowing RecordScanner, _ dialect: Dialect, _ buffer: borrowing ByteBuffer, _ start: Place, to end: Int, final: Bool,
        limits: TableLimits
    ) throws(AppError) -> (names: [String], below: Place)? {
        switch scanner.scan(buffer.base, from: start.position, to: end, final: final) {
        case .incomplete:
            try start.checkLength(end, limits)
            return nil
        case .fault(let fault): throw TableFault.record(fault, at: start, limits: limits)
        case .record(let fields, let next, let lines, let ascii):
            try start.checkLength(next, limits)
            if !ascii { try start.checkUTF8(buffer.base, upTo: next) }
            guard fields <= limits.columns else { throw TableFault.columns(fields, line: start.line, limits: limits) }
            var names: [String] = []
            for index in 0..<fields {
                let field = scanner.fields[index]
                let cell = Cell(field, buffer.base)
                guard cell.count <= limits.nameBytes else {
                    throw TableFault.at(line: start.line, "the name of column \(index + 1) is longer than \(limits.nameBytes) bytes")
                }
                names.append(cell.text(field.form, quote: dialect.quote))
            }
            return (names, Place(position: next, line: start.line + lines, before: start.before))
        }
    }

    private static func sample(
        _ scanner: borrowing RecordScanner, _ width: Int, _ buffer: borrowing ByteBuffer, _ below: Place, to end: Int, final: Bool,
        limits: TableLimits
    ) throws(AppError) -> [ColumnSample]? {
        var columns = [ColumnSample](repeating: ColumnSample(), count: width)
        var place = below
        var rows = 0
        records: while rows < limits.sampleRows, place.position < end {
            switch scanner.scan(buffer.base, from: place.position, to: end, final: final) {
            case .incomplete:
                try place.checkLength(end, limits)
                break records
            case .fault(let fault): throw TableFault.record(fault, at: place, limits: limits)
            case .record(let fields, let next, let lines, let ascii):
                try place.checkLength(next, limits)
                if !ascii { try place.checkUTF8(buffer.base, upTo: next) }
                if fields == width {
                    for index in 0..<width { columns[index].add(Cell(scanner.fields[index], buffer.base)) }
                    rows += 1
                }
                place.position = next
                place.line += lines
            }
        }
        return rows > 0 || final ? columns : nil
    }

    private static func choose(_ raw: [String], _ sample: [ColumnSample], _ dialect: Dialect, header: Int) throws(AppError) -> TableLayout {
        let names = HeaderNames.distinct(raw)
        let columns = names.enumerated().map { TableLayout.Column(name: $1, index: $0) }
        if isData(raw) { throw TableFault.at(line: header, "holds data where the header is expected: a name for each column") }
        guard sample.contains(where: { $0.filled > 0 }) else {
            throw TableFault.at(line: header, "no row below this header has as many columns as it (\(raw.count))")
        }
        let dated = columns.filter { sample[$0.index].timeForm != nil }
        var best: TableLayout.Column?
        for column in dated where best.map({ HeaderNames.timeliness(raw[column.index]) > HeaderNames.timeliness(raw[$0.index]) }) ?? true {
            best = column
        }
        guard let time = best, let form = sample[time.index].timeForm else {
            throw TableFault.at(
                line: header, "no column holds dates; expected one such as 2024-01-31, 2024-01-31T08:00:00Z, 2024/01/31 or 31.01.2024")
        }
        let values = columns.filter { $0.index != time.index && sample[$0.index].isNumber }
        guard !values.isEmpty else {
            throw TableFault.at(line: header, "no column beside \"\(time.name)\" holds numbers; expected one such as 1234.5")
        }
        let used = Set(values.map(\.index) + [time.index])
        let ignored = columns.filter { !used.contains($0.index) }.map(\.name)
        return TableLayout(dialect: dialect, width: names.count, time: time, timeForm: form, values: values, ignored: ignored)
    }

    /// Whether a first record looks like the others: a date in it, or nothing but numbers.
    private static func isData(_ cells: [String]) -> Bool {
        var numbers = 0
        var filled = 0
        for cell in cells where !cell.isEmpty {
            filled += 1
            var text = cell
            let (isNumber, isTime) = text.withUTF8 { bytes in
                guard let base = bytes.baseAddress else { return (false, false) }
                let isTime = TimeForm.allCases.contains { form in
                    var reader = TimeCell(form: form)
                    return reader.parse(base, bytes.count) != nil
                }
                return (NumberCell.parse(base, bytes.count) != nil, isTime)
            }
            if isTime { return true }
            if isNumber { numbers += 1 }
        }
        return numbers > 0 && numbers == filled
    }
}
