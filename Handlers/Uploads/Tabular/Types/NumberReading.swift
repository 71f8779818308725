/// What one field says as a number, under both decimal marks.
struct NumberReading {
    /// Its value where `.` is the decimal mark; not a number where it cannot be.
    var point: Double
    /// Its value where `,` is the decimal mark; not a number where it cannot be.
    var comma: Double
    /// Whether it holds neither `.` nor `,`: then both values are the same.
    var isPlain: Bool
    /// What separates thousands: 0 nothing, else the byte `.` `,` `'` or a blank.
    var grouping: UInt8 = 0
    /// Digits before the decimal mark, under the reading that has more of them.
    var wholeDigits: Int
    /// Digits behind the last `.` or `,`; 0 where there is none.
    var fractionDigits = 0
    /// The number of its currency, 0 where it has none.
    var currency = 0
    var isPercent = false
    /// Whether it is a whole number that begins with a zero, such as a code.
    var isZeroLed = false
    /// Whether it has a plus sign.
    var hasPlus = false

    /// Whether the two readings differ and both are possible: `1.234`.
    var isAmbiguous: Bool { !isPlain && !point.isNaN && !comma.isNaN }
    /// Whether it is digits alone, perhaps with a sign.
    var isBare: Bool { isPlain && grouping == 0 && currency == 0 && !isPercent && fractionDigits == 0 }
}
