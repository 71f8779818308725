import Kernel
import TypedTables

/// Dates as workbooks keep them: days since an epoch, the time of day as a fraction (ECMA-376 part 1, section 18.17.4).
struct SerialDate {
    enum Epoch: Sendable { case from1900, from1904 }

    /// The largest number with a calendar date in it: 9999-12-31 in both epochs.
    private static let largest = 2_958_466.0

    /// The text of a number as a date, a time of day (below 1) or both, rounded to a millisecond; nil where no calendar has it.
    static func text(_ serial: Double, _ epoch: Epoch) -> (CellKind, String)? {
        guard serial >= 0, serial < largest else { return nil }
        var days = Int(serial)
        var millis = Int(((serial - Double(days)) * 86_400_000).rounded())
        if millis == 86_400_000 { (days, millis) = (days + 1, 0) }
        if serial < 1, days == 0 { return (.time, clock(millis)) }
        let date = day(days, epoch)
        guard date.year <= 9999 else { return nil }
        let midnight = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
        return millis == 0 ? (.date, midnight) : (.datetime, "\(midnight)T\(clock(millis))")
    }

    /// The text of a number as time that has passed, in seconds, rounded to a millisecond.
    static func duration(_ serial: Double) -> String? {
        guard serial.magnitude < largest else { return nil }
        let millis = Int((serial * 86_400_000).rounded())
        let seconds = millis % 1000 == 0 ? "\(millis / 1000)" : "\(Double(millis) / 1000)"
        return "PT\(seconds)S"
    }

    /// The first epoch counts 1900-01-01 as 1 and has a 1900-02-29, number 60, which never was: it is read as the day before.
    private static func day(_ days: Int, _ epoch: Epoch) -> CalendarDate {
        switch epoch {
        case .from1900: CalendarDate(daysSinceEpoch: days - 25_569 + (days < 60 ? 1 : 0))
        case .from1904: CalendarDate(daysSinceEpoch: days - 24_107)
        }
    }

    private static func clock(_ millis: Int) -> String {
        let seconds = millis / 1000
        let clock = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        return millis % 1000 == 0 ? clock : "\(clock).\(padded(millis % 1000, 3))000"
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
