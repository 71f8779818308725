/// Words that name the row in which a table is summed up.
enum TotalWords {
    private static let words = [
        "total", "totals", "grand total", "sum", "totaal", "eindtotaal", "gesamt", "gesamtsumme", "gesamtergebnis", "summe", "total general",
        "total général", "somme", "totale", "somma", "suma", "razem", "celkem", "summa", "totalt", "i alt", "итого", "всего", "合計", "总计", "合计",
        "總計", "합계", "총계", "subtotal", "toplam", "yhteensä", "összesen",
    ]

    /// Whether a cell says so, whatever stands behind the word and a colon.
    static func begin(_ cell: [UInt8]) -> Bool {
        let text = String(decoding: cell, as: UTF8.self).lowercased().drop { $0 == " " || $0 == "*" }
        return words.contains { word in
            guard text.hasPrefix(word) else { return false }
            let rest = text.dropFirst(word.count)
            return rest.isEmpty || rest.first == ":" || rest.first == " " && rest.count < 24
        }
    }
}
