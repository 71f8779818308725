/// Finds record after record, repaired where quotes are wrong.
struct RecordFinder: ~Copyable {
    private var scanner: LenientScanner
    private var repair: RecordRepair
    /// How many fields a record of the table has; 0 where that is not known yet, and then little is repaired.
    private let width: Int
    private let quote: UInt8
    /// Records that were repaired.
    private(set) var repaired = 0
    /// Whether the last one was.
    private(set) var wasRepaired = false
    /// Quotes that were taken for text, in all records.
    private(set) var strays = 0

    init(_ dialect: DelimitedDialect, width: Int, longestField: Int) {
        scanner = LenientScanner(dialect, longestField: longestField)
        repair = RecordRepair(dialect)
        self.width = width
        quote = dialect.quoteByte
    }

    /// The field of the last record.
    @inline(__always)
    func field(_ index: Int) -> LenientField { scanner.fields[index] }

    /// Says that what lay at `shift` lies at the beginning now, or that the memory is another.
    mutating func moved(by shift: Int) { scanner.moved(by: shift) }

    /// The record that begins at `start`; nil where more bytes are needed. 64 bytes behind `end` must be readable.
    @inline(__always)
    mutating func find(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int, final: Bool) -> LenientRecord? {
        guard let record = scanner.scan(base, from: start, to: end, final: final) else { return nil }
        if record.lines == 1, record.strays == 0, !record.isUnclosed {
            wasRepaired = false
            if record.fields >= width { return record }
            return complete(record, base, from: start, to: end, final: final)
        }
        return examine(record, base, from: start, to: end, final: final)
    }

    /// A record with too few fields: its line may separate them otherwise, or break one in two.
    private mutating func complete(
        _ record: LenientRecord, _ base: UnsafePointer<UInt8>, from start: Int, to end: Int, final: Bool
    ) -> LenientRecord? {
        if width > 2, record.fields * 2 <= width, record.next - start > width {
            guard final || end - start > RecordRepair.window else { return nil }
            if let reading = repair.separated(base, from: start, to: end, width: width) { return replaced(reading, from: start) }
            repair.earned(record.next - start)
        }
        return isTorn(base, record) ? join(record, base, from: start, to: end, final: final) : record
    }

    private mutating func examine(
        _ record: LenientRecord, _ base: UnsafePointer<UInt8>, from start: Int, to end: Int, final: Bool
    ) -> LenientRecord? {
        wasRepaired = false
        let isPlausible = width == 0 ? record.strays == 0 || record.lines == 1 : record.fields == width && (record.strays == 0 || record.lines == 1)
        if !record.isUnclosed, isPlausible {
            strays += record.strays
            return record
        }
        if record.lines == 1, width == 0, !record.isUnclosed { return record }
        guard final || end - start > RecordRepair.window else { return nil }
        let fields = record.isUnclosed ? nil : (0..<record.fields).map { scanner.fields[$0] }
        guard let reading = repair.better(record, fields, base, from: start, to: end, width: width) else {
            repair.earned(record.next - start)
            strays += record.strays
            return record
        }
        return replaced(reading, from: start)
    }

    /// Whether the last field is text with a quote in it that has no second one.
    private func isTorn(_ base: UnsafePointer<UInt8>, _ record: LenientRecord) -> Bool {
        guard quote != 0, record.fields > 0 else { return false }
        let last = scanner.fields[record.fields - 1]
        guard last.form == .plain, last.length > 1 else { return false }
        var quotes = 0
        for offset in 0..<Int(last.length) where base[Int(last.start) + offset] == quote { quotes += 1 }
        return quotes & 1 == 1
    }

    private mutating func join(
        _ record: LenientRecord, _ base: UnsafePointer<UInt8>, from start: Int, to end: Int, final: Bool
    ) -> LenientRecord? {
        guard final || end - start > RecordRepair.window + (record.next - start) else { return nil }
        let fields = (0..<record.fields).map { scanner.fields[$0] }
        guard let reading = repair.joined(fields, base, next: record.next, to: end, width: width) else { return record }
        return replaced(reading, from: start)
    }

    private mutating func replaced(_ reading: RecordRepair.Reading, from start: Int) -> LenientRecord {
        repair.earned(reading.next - start)
        repaired += 1
        strays += 1
        wasRepaired = true
        var better = LenientRecord()
        scanner.fields.removeAll()
        for field in reading.fields {
            scanner.fields.append(Int(field.start), Int(field.length), field.form)
            if field.form == .escaped { better.isEscaped = true }
        }
        better.fields = reading.fields.count
        better.next = reading.next
        better.lines = reading.lines
        better.strays = reading.strays
        return better
    }
}

/// The text of an escaped field, made in its own place, where it only gets shorter.
enum Unescape {
    /// Returns how long the text is.
    static func inPlace(_ text: UnsafeMutablePointer<UInt8>, _ length: Int, quote: UInt8, escape: UInt8) -> Int {
        var from = 0
        var to = 0
        while from < length {
            var byte = text[from]
            if from + 1 < length {
                let next = text[from + 1]
                if escape != 0, escape != quote, byte == escape {
                    // Only what had a meaning loses it: `C:\new` stays as it is.
                    if next == quote || next == escape {
                        byte = next
                        from += 1
                    }
                } else if byte == quote, next == quote {
                    from += 1
                }
            }
            text[to] = byte
            to += 1
            from += 1
        }
        return to
    }
}
