/// Dates that look like numbers: `20240131`, `202401`, `01.2024`, `202401311530`. Kept only while every number of the column could be one.
struct CalendarEvidence: Sendable {
    /// How such dates are written.
    enum Form: String, CaseIterable, Sendable {
        case day = "%Y%m%d"
        case month = "%Y%m"
        case monthYear = "%m.%Y"
        case hour = "%Y%m%d%H"
        case minute = "%Y%m%d%H%M"
        case second = "%Y%m%d%H%M%S"

        /// Whether it has a time of day.
        var hasClock: Bool { self == .hour || self == .minute || self == .second }
    }

    /// A form that every number has had so far, and the seconds since 1970; nil before the first number and after the first that is none.
    private(set) var form: Form?
    private(set) var values: Distribution
    /// False once a number was no such date.
    private(set) var isOpen = true
    /// Whether two numbers in a row were different.
    private(set) var varies = false
    /// Whether one began with a zero, as months do.
    private(set) var isZeroLed = false
    private var last = Int.min

    init(size: Int) { values = Distribution(size: size) }

    mutating func add(_ number: NumberReading, _ text: FieldText) {
        guard let (form, seconds) = Self.read(number, text), self.form == nil || self.form == form else {
            isOpen = false
            form = nil
            return
        }
        self.form = form
        if last != Int.min, last != seconds { varies = true }
        last = seconds
        if text[0] == UInt8(ascii: "0") { isZeroLed = true }
        values.add(Double(seconds))
    }

    /// The seconds since 1970 that a field means; nil where it has none of the forms or a year outside 1900…2100.
    static func read(_ number: NumberReading, _ text: FieldText) -> (form: Form, seconds: Int)? {
        guard text.count >= 6, text.count <= 14, text[0] &- 48 < 10, number.currency == 0, !number.isPercent else { return nil }
        if number.isBare { return whole(Int(number.point), text.count) }
        guard text.count == 7, text[2] == UInt8(ascii: "."), number.fractionDigits == 4 else { return nil }
        let value = Int((number.point * 10_000).rounded())
        return moment(.monthYear, value % 10_000, value / 10_000, 1, 0)
    }

    private static func whole(_ value: Int, _ digits: Int) -> (form: Form, seconds: Int)? {
        switch digits {
        case 6: return moment(.month, value / 100, value % 100, 1, 0)
        case 8: return moment(.day, value / 10_000, value / 100 % 100, value % 100, 0)
        case 10, 12, 14:
            let clock = digits == 10 ? value % 100 * 10_000 : digits == 12 ? value % 10_000 * 100 : value % 1_000_000
            let date = digits == 10 ? value / 100 : digits == 12 ? value / 10_000 : value / 1_000_000
            // Midnight at a day's end may be called 24 o'clock (ISO 8601:2004, 4.2.3).
            guard clock / 10_000 < 24 || clock == 240_000, clock / 100 % 100 < 60, clock % 100 <= 60 else { return nil }
            let form: Form = digits == 10 ? .hour : digits == 12 ? .minute : .second
            return moment(form, date / 10_000, date / 100 % 100, date % 100, clock / 10_000 * 3600 + clock / 100 % 100 * 60 + clock % 100)
        default: return nil
        }
    }

    private static func moment(_ form: Form, _ year: Int, _ month: Int, _ day: Int, _ clock: Int) -> (form: Form, seconds: Int)? {
        guard (1900...2100).contains(year), let days = DayNumber.of(year: year, month: month, day: day) else { return nil }
        return (form, days * 86_400 + clock)
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
        values.merge(other.values)
    }
}
