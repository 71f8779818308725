/// A mark between the whole digits and the fraction of numbers.
public enum DecimalMark: String, Sendable, Hashable, Codable, CaseIterable {
    case point = "."
    case comma = ","
}

/// What the numbers of one column say, read under both decimal marks at once, so that the whole column decides.
struct NumberEvidence: Sendable {
    /// Numbers that are the same under both marks.
    private(set) var plain: Distribution
    /// Numbers with a mark, as they read with a decimal point.
    private(set) var point: Distribution
    /// The same with a decimal comma.
    private(set) var comma: Distribution
    /// Numbers of which only one reading is possible, and of which both are.
    private(set) var onlyPoint = 0
    private(set) var onlyComma = 0
    private(set) var either = 0
    /// Numbers of at least four digits without any mark: their writer sets no marks for thousands.
    private(set) var ungrouped = 0
    /// Of those with two readings, how many have a currency.
    private(set) var eitherMoney = 0
    /// Whole numbers; grouped by blanks; grouped by apostrophes; with `%`; codes that begin with a zero; with a plus sign and no mark.
    private(set) var bare = 0
    private(set) var blanks = 0
    private(set) var apostrophes = 0
    private(set) var percents = 0
    private(set) var zeroLed = 0
    private(set) var plusses = 0
    /// Numbers of which a reading has grouped thousands.
    private(set) var groupedByComma = 0
    private(set) var groupedByPoint = 0
    /// The longest whole part, in digits, and the most digits behind a mark.
    private(set) var longestWhole = 0
    private(set) var longestFraction = 0
    private(set) var fractionUnderPoint = false
    private(set) var fractionUnderComma = false
    /// How often each currency was seen, by its number.
    private(set) var currencies: [Int: Int] = [:]
    /// Dates written as whole numbers, while all numbers could be such.
    private(set) var calendar: CalendarEvidence

    init(size: Int) {
        plain = Distribution(size: size)
        point = Distribution(size: size)
        comma = Distribution(size: size)
        calendar = CalendarEvidence(size: size)
    }

    /// How many numbers there were, under whichever mark.
    var count: Int { plain.count + onlyPoint + onlyComma + either }
    /// How many have a currency.
    var money: Int { currencies.values.reduce(0, +) }

    @inline(__always)
    mutating func add(_ number: NumberReading, _ text: FieldText) {
        if calendar.isOpen { calendar.add(number, text) }
        if number.wholeDigits > longestWhole { longestWhole = number.wholeDigits }
        if number.isPlain {
            plain.add(number.point)
            if number.grouping == 0 {
                if number.wholeDigits >= 4 { ungrouped += 1 }
                if number.isZeroLed, number.wholeDigits > 2 { zeroLed += 1 }
                if number.hasPlus, number.wholeDigits >= 8 { plusses += 1 }
            }
            if number.isBare { bare += 1 }
        } else {
            addMarked(number)
        }
        if number.grouping != 0 || number.currency != 0 || number.isPercent { addDecoration(number) }
    }

    private mutating func addMarked(_ number: NumberReading) {
        if number.fractionDigits > longestFraction { longestFraction = number.fractionDigits }
        if !number.point.isNaN { point.add(number.point) }
        if !number.comma.isNaN { comma.add(number.comma) }
        if number.isAmbiguous {
            either += 1
            if number.currency != 0 { eitherMoney += 1 }
        } else if number.comma.isNaN {
            onlyPoint += 1
            if number.grouping == UInt8(ascii: ",") { groupedByComma += 1 }
            if number.point.rounded() != number.point { fractionUnderPoint = true }
        } else {
            onlyComma += 1
            if number.grouping == UInt8(ascii: ".") { groupedByPoint += 1 }
            if number.comma.rounded() != number.comma { fractionUnderComma = true }
        }
        // Numbers such as 1234.5 are long enough for a mark that they do not have.
        if number.grouping == 0, !number.isAmbiguous, number.wholeDigits >= 4 { ungrouped += 1 }
    }

    private mutating func addDecoration(_ number: NumberReading) {
        if number.grouping == 0x20 { blanks += 1 }
        if number.grouping == UInt8(ascii: "'") { apostrophes += 1 }
        if number.isPercent { percents += 1 }
        if number.currency != 0 { currencies[number.currency, default: 0] += 1 }
    }

    /// How many numbers a mark makes readable.
    func readable(_ mark: DecimalMark) -> Int { plain.count + either + (mark == .point ? onlyPoint : onlyComma) }

    /// All numbers under a mark.
    func distribution(_ mark: DecimalMark) -> Distribution {
        var all = plain
        all.merge(mark == .point ? point : comma)
        return all
    }

    /// Whether a value under a mark has a fraction.
    func hasFraction(_ mark: DecimalMark) -> Bool {
        mark == .point ? fractionUnderPoint || eitherIsFraction(point) : fractionUnderComma || eitherIsFraction(comma)
    }

    /// Ambiguous numbers are fractions under one of the marks; the values tell.
    private func eitherIsFraction(_ values: Distribution) -> Bool { either > 0 && values.moments.sum.rounded() != values.moments.sum }

    mutating func merge(_ other: NumberEvidence) {
        plain.merge(other.plain)
        point.merge(other.point)
        comma.merge(other.comma)
        onlyPoint += other.onlyPoint
        onlyComma += other.onlyComma
        either += other.either
        eitherMoney += other.eitherMoney
        ungrouped += other.ungrouped
        bare += other.bare
        blanks += other.blanks
        apostrophes += other.apostrophes
        percents += other.percents
        zeroLed += other.zeroLed
        plusses += other.plusses
        groupedByComma += other.groupedByComma
        groupedByPoint += other.groupedByPoint
        longestWhole = max(longestWhole, other.longestWhole)
        longestFraction = max(longestFraction, other.longestFraction)
        fractionUnderPoint = fractionUnderPoint || other.fractionUnderPoint
        fractionUnderComma = fractionUnderComma || other.fractionUnderComma
        currencies.merge(other.currencies) { $0 + $1 }
        calendar.merge(other.calendar)
    }
}
