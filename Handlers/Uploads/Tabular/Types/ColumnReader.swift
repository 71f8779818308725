/// Reads the fields of one column by its type, without an allocation a field.
public struct ColumnReader: Sendable {
    /// What the column holds.
    public let type: ColumnType
    /// Null words beside those that every column knows.
    private let nullWords: WordTable?
    private let booleans: WordTable?
    private let calendar: CalendarEvidence.Form?
    private var day: Int32 = .min
    private var dayKey: (UInt64, UInt16) = (0, 0)

    /// A reader for a column of a type.
    public init(_ type: ColumnType) {
        self.type = type
        nullWords = type.nullWords.isEmpty ? nil : WordTable(type.nullWords.map { ($0, 1) })
        if let yes = type.trueWord, let no = type.falseWord {
            booleans = WordTable([(yes, 1), (no, 0)])
        } else {
            booleans = type.base == .boolean ? BooleanWords.table : nil
        }
        calendar = type.base == .date || type.base == .datetime ? CalendarEvidence.Form(rawValue: type.format) : nil
    }

    /// The value of a field. Blanks around it do not count.
    @inline(__always)
    public mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) -> ColumnValue {
        guard let start = bytes.baseAddress else { return .null }
        let text = FieldText(start, bytes.count)
        guard text.count > 0 else { return .null }
        switch type.base {
        case .number:
            if let number = NumberText.read(text) {
                let value = type.decimalMark == .point ? number.point : number.comma
                if !value.isNaN { return .number(value) }
            }
        case .date, .datetime:
            if let micros = date(text) { return .time(micros) }
        case .time:
            if let time = TimeText.read(text), time.kind == .time || time.kind == .duration { return .duration(time.micros) }
        case .boolean:
            if let flag = booleans?.find(text) { return .boolean(flag == 1) }
        case .text, .empty:
            return isNull(text) ? .null : .text
        }
        return isNull(text) ? .null : .invalid
    }

    private func isNull(_ text: FieldText) -> Bool {
        if let word = NullWords.index(text), type.base != .text || NullWords.isStrict(word) { return true }
        return nullWords?.find(text) != nil
    }

    @inline(__always)
    private mutating func date(_ text: FieldText) -> Int64? {
        if text.count == 10, type.dateOrder != .certain {
            // Rows next to each other often have the same day.
            let raw = UnsafeRawPointer(text.bytes)
            let key = (raw.loadUnaligned(as: UInt64.self), raw.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
            if key == dayKey { return Int64(day) * 86_400_000_000 }
            guard let micros = slowDate(text), micros % 86_400_000_000 == 0 else { return slowDate(text) }
            dayKey = key
            day = Int32(truncatingIfNeeded: micros / 86_400_000_000)
            return micros
        }
        return slowDate(text)
    }

    private func slowDate(_ text: FieldText) -> Int64? {
        if let calendar {
            guard let number = NumberText.read(text), let (form, seconds) = CalendarEvidence.read(number, text), form == calendar else { return nil }
            return Int64(seconds) * 1_000_000
        }
        guard let time = TimeText.read(text), let days = time.days(type.dateOrder) else { return nil }
        return Int64(days) * 86_400_000_000 + time.micros
    }
}
