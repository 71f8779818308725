/// Which decimal mark a column has.
struct MarkDecision {
    let mark: DecimalMark
    /// 0…1.
    let confidence: Double
    let reason: String
    /// Whether every value allows another reading.
    var isAmbiguous = false

    static func of(_ numbers: NumberEvidence, _ context: TypeContext) -> MarkDecision {
        if numbers.onlyPoint + numbers.onlyComma > 0 {
            let mark: DecimalMark = numbers.onlyPoint >= numbers.onlyComma ? .point : .comma
            let most = max(numbers.onlyPoint, numbers.onlyComma)
            let share = Double(most) / Double(numbers.onlyPoint + numbers.onlyComma)
            return MarkDecision(
                mark: mark, confidence: share, reason: "\(most) of its numbers can only have the decimal mark \"\(mark.rawValue)\"")
        }
        guard numbers.either > 0 else {
            return MarkDecision(mark: context.mark ?? .point, confidence: 1, reason: "its numbers have no decimal mark")
        }
        // The reading as a fraction is the smaller one, so the sums tell which mark the numbers hold.
        let isPoint = magnitude(numbers.point) < magnitude(numbers.comma)
        let fraction: DecimalMark = isPoint ? .point : .comma
        let grouped: DecimalMark = isPoint ? .comma : .point
        let sign = fraction.rawValue
        func choose(_ mark: DecimalMark, _ confidence: Double, _ why: String) -> MarkDecision {
            let what = mark == fraction ? "\"\(sign)\" before three digits was read as decimal mark" : "\"\(sign)\" was read as mark of thousands"
            return MarkDecision(mark: mark, confidence: confidence, reason: "\(what): \(why)", isAmbiguous: true)
        }
        if let mark = context.mark { return choose(mark, 0.95, "other columns leave no choice") }
        if numbers.eitherMoney > 0 { return choose(grouped, 0.9, "amounts of money rarely have three decimals") }
        if numbers.percents > 0 { return choose(fraction, 0.8, "percentages are rarely above a thousand") }
        if numbers.ungrouped > 0 { return choose(fraction, 0.9, "numbers above 999 have no such mark") }
        if numbers.plain.count > 0, numbers.plain.moments.greatest < 1000 { return choose(grouped, 0.85, "all numbers without it are below 1000") }
        if isPoint { return choose(fraction, 0.6, "nothing says otherwise") }
        return context.delimiter == UInt8(ascii: ";")
            ? choose(fraction, 0.6, "the file's fields are separated by semicolons") : choose(grouped, 0.7, "nothing says otherwise")
    }

    private static func magnitude(_ values: Distribution) -> Double { max(values.moments.greatest.magnitude, values.moments.least.magnitude) }
}
