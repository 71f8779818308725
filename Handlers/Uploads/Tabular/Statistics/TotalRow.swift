/// Recognizes rows that sum up those before them.
public enum TotalRow {
    /// What speaks for a row being a total.
    public struct Verdict: Sendable, Hashable {
        /// The columns, from 0, whose value is the sum of all values above.
        public let columns: [Int]
        /// Why, for people.
        public let reason: String
        /// Whether it has nothing in columns that all others fill.
        let missesNames: Bool
    }

    /// What one column held so far.
    struct Column {
        /// The sum under each decimal mark, and how many numbers there were.
        let point: Moments
        let comma: Moments
        /// Rows with anything in this column, and those of them that are words or dates.
        let filled: Int
        let names: Int
        /// Whether a text was seen in this column before; true where nobody can say.
        let holds: (FieldText) -> Bool
    }

    /// Words that a total begins with, in many languages.
    private static let labels = WordTable(
        [
            "total", "totals", "grand total", "subtotal", "sub-total", "overall", "all", "sum", "sums", "summe", "gesamt", "gesamtsumme",
            "gesamtergebnis",
            "insgesamt", "summe gesamt", "zwischensumme", "totaal", "eindtotaal", "totale", "totali", "totale generale", "totaux", "total général",
            "total general", "somme", "ensemble", "suma", "suma total", "soma", "total geral", "razem", "ogółem", "celkem", "spolu", "összesen",
            "toplam",
            "genel toplam", "yhteensä", "totalt", "summa", "i alt", "sum total", "итого", "всего", "разом", "всього", "合計", "総計", "小計", "计", "合计",
            "总计",
            "總計", "小计", "합계", "총계", "총합계", "소계", "계", "average", "mean", "averages", "durchschnitt", "mittelwert", "moyenne", "promedio", "media",
            "gemiddelde", "średnia", "平均", "평균",
        ].map { ($0, 1) })

    /// Whether a text names a total: `Total`, `Total:`, `Summe 2024`, `TOTAL (12)`.
    public static func isLabel(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in bytes.baseAddress.map { isLabel(FieldText($0, bytes.count)) } ?? false }
    }

    static func isLabel(_ text: FieldText) -> Bool {
        guard text.count > 0, text.count <= 40 else { return false }
        if labels.find(text) != nil { return true }
        var end = 0
        while end < text.count, text[end] != UInt8(ascii: ":"), text[end] != UInt8(ascii: "("), text[end] &- 48 >= 10 { end += 1 }
        guard end > 0, end < text.count else { return false }
        return labels.find(FieldText(text.bytes, end)) != nil
    }

    /// Whether a text begins with the name of a total, whatever follows: `Summe Januar`. Enough only beside a sum that agrees.
    private static func beginsLabel(_ text: FieldText) -> Bool {
        guard text.count <= 40 else { return false }
        var end = 0
        while end < text.count, FieldText.blank(text.bytes + end, text.count - end) == 0 { end += 1 }
        return labels.find(text.bytes, end) != nil
    }

    /// Whether a row sums up the rows before it.
    ///
    /// It does where a column's value is the sum of at least two values above and the row names no thing of its own: it has a word for totals, or
    /// nothing where the others have a name; or where at least two columns, and half of those with numbers, are such
    /// sums of three digits and more.
    static func judge(_ row: [FieldText], _ columns: [Column], rows: Int) -> Verdict? {
        guard rows >= 2 else { return nil }
        var sums: [Int] = []
        var numbers = 0
        /// Sums of three digits and more, which no chance makes.
        var large = 0
        var isLabelled = false
        var newLabel = false
        var missingNames = 0
        var ownNames = 0
        for (index, column) in columns.enumerated() {
            let text = index < row.count ? row[index] : nil
            let isAlwaysFilled = column.filled * 20 >= rows * 19
            let isName = column.names * 10 >= column.filled * 9 && isAlwaysFilled
            guard let text, text.count > 0 else {
                if isAlwaysFilled, isName || rows >= 3 { missingNames += 1 }
                continue
            }
            if text.hasDigit, let number = NumberText.read(text) {
                numbers += 1
                if isSum(number.point, column.point, number) || isSum(number.comma, column.comma, number) {
                    sums.append(index)
                    if number.wholeDigits >= 3 { large += 1 }
                }
            } else if isLabel(text) {
                isLabelled = true
                newLabel = newLabel || !column.holds(text)
            } else if beginsLabel(text) {
                isLabelled = true
                ownNames += 1
            } else if isName, NullWords.index(text) == nil, !isClock(text) {
                ownNames += 1
            }
        }
        let names = sums.prefix(3).map { "\($0 + 1)" }.joined(separator: ", ")
        func verdict(_ reason: String) -> Verdict { Verdict(columns: sums, reason: reason, missesNames: missingNames > 0) }
        if !sums.isEmpty, isLabelled { return verdict("it is named a total, and its columns \(names) are the sums of those above") }
        if !sums.isEmpty, missingNames > 0, ownNames == 0 { return verdict("it has no name, and its columns \(names) are the sums of those above") }
        if large >= 2, sums.count * 2 >= numbers, rows >= 3 { return verdict("its columns \(names) are the sums of those above") }
        if newLabel, numbers > 0, ownNames == 0, missingNames > 0 || columns.count - numbers <= 2 {
            return verdict("it is named a total and nothing else")
        }
        return nil
    }

    /// Whether a text is a time of day or a duration, which a total may have too.
    private static func isClock(_ text: FieldText) -> Bool {
        guard let time = TimeText.read(text) else { return false }
        return time.kind == .time || time.kind == .duration
    }

    /// Whether a number is the sum of those before it, as far as its digits go.
    private static func isSum(_ value: Double, _ above: Moments, _ number: NumberReading) -> Bool {
        guard !value.isNaN, above.count >= 2, above.sum.magnitude > max(above.greatest.magnitude, above.least.magnitude) else { return false }
        let unit = 1 / PowersOfTen.double[min(number.fractionDigits, 22)]
        let rounding = value.rounded() == value && above.sum.rounded() == above.sum ? 0.0 : unit * (0.5 + 0.3 * Double(above.count).squareRoot())
        return (value - above.sum).magnitude <= min(rounding, above.sum.magnitude * 0.001) + above.sum.magnitude * 1e-9
    }
}
