/// Dates that look like numbers: `20240131`, `202401`, `01.2024`. Kept only while every number of the column could be one.
struct CalendarEvidence: Sendable {
    /// How such dates are written.
    enum Form: UInt8, CaseIterable, Sendable { case day, month, monthYear }

    /// A form that every number has had so far, and the days; nil before the first number and after the first that is none.
    private(set) var form: Form?
    private(set) var days: Distribution
    /// False once a number was no such date.
    private(set) var isOpen = true
    /// Whether two numbers in a row were different.
    private(set) var varies = false
    /// Whether one began with a zero, as months do.
    private(set) var isZeroLed = false
    private var last = Int.min

    init(size: Int) { days = Distribution(size: size) }

    mutating func add(_ number: NumberReading, _ text: FieldText) {
        guard let (form, day) = Self.read(number, text), self.form == nil || self.form == form else {
            isOpen = false
            form = nil
            return
        }
        self.form = form
        if last != Int.min, last != day { varies = true }
        last = day
        if text[0] == UInt8(ascii: "0") { isZeroLed = true }
        days.add(Double(day) * 86_400)
    }

    /// The day that a field means, since 1970-01-01; nil where it has none of the forms or a year outside 1900…2100.
    static func read(_ number: NumberReading, _ text: FieldText) -> (form: Form, day: Int)? {
        guard text.count >= 6, text.count <= 8, text[0] &- 48 < 10, number.grouping == 0 || !number.isPlain, number.currency == 0, !number.isPercent
        else {
            return nil
        }
        let form: Form
        let parts: (year: Int, month: Int, day: Int)
        if number.isBare {
            let value = Int(number.point)
            if text.count == 8 {
                (form, parts) = (.day, (value / 10_000, value / 100 % 100, value % 100))
            } else if text.count == 6 {
                (form, parts) = (.month, (value / 100, value % 100, 1))
            } else {
                return nil
            }
        } else {
            guard text.count == 7, text[2] == UInt8(ascii: "."), number.fractionDigits == 4 else { return nil }
            let value = Int((number.point * 10_000).rounded())
            (form, parts) = (.monthYear, (value % 10_000, value / 10_000, 1))
        }
        guard (1900...2100).contains(parts.year), let day = DayNumber.of(year: parts.year, month: parts.month, day: parts.day) else { return nil }
        return (form, day)
    }

    mutating func merge(_ other: CalendarEvidence) {
        if other.isOpen, other.form == nil { return }
        if isOpen, form == nil {
            self = other
            return
        }
        guard isOpen, other.isOpen, form == other.form else {
            isOpen = false
            form = nil
            return
        }
        varies = varies || other.varies || last != other.last
        isZeroLed = isZeroLed || other.isZeroLed
        days.merge(other.days)
    }
}
