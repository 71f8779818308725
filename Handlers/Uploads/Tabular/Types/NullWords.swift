/// Words that stand for a value that is not there.
enum NullWords {
    /// Always absent, whatever the column holds.
    static let strict = [
        "null", "(null)", "<null>", "[null]", "\\n", "n/a", "#n/a", "#n/v", "#na", "nan", "(nan)", "#value!", "#ref!", "#div/0!", "#name?", "#null!",
        "#num!", "#error!", "#wert!", "#bezug!", "#valeur!", "#¡valor!", "#nom?", "<na>", "(blank)", "(empty)", "(leer)", "(vide)", "#missing",
    ]

    /// Absent where the column's other cells are numbers, dates or times; else words like any other.
    static let lenient = [
        "-", "--", "---", "----", "–", "—", "−", ".", "..", "...", "…", ":", "?", "??", "*", "**", "***", "#", "/", "x", "~", "_",
        "na", "n.a.", "n.a", "n. a.", "none", "nil", "(none)", "missing", "unknown", "unk", "undefined", "not available", "not applicable",
        "not set", "(not set)", "no data", "nodata", "tbd", "tba", "pending", "error", "inf", "-inf", "+inf", "infinity", "void",
        "k.a.", "k. a.", "k.a", "ka", "keine angabe", "keine angaben", "unbekannt", "n.v.", "nv", "n. v.", "entfällt", "leer", "ohne",
        "nvt", "n.v.t.", "onbekend", "geen", "leeg",
        "s/o", "s.o.", "n.d.", "n.d", "nd", "n/d", "nc", "n.c.", "n.s.", "ns", "n/c", "inconnu", "non disponible", "aucun", "vide",
        "s/d", "sd", "sin datos", "sin dato", "desconocido", "no disponible", "ninguno", "no aplica", "n/e", "sem dados", "desconhecido",
        "não disponível", "nenhum", "n.p.", "n.r.", "n/r", "nr", "non disp.", "sconosciuto", "brak", "b.d.", "bd", "brak danych", "nieznany",
        "н/д", "нет", "нет данных", "неизвестно", "yok", "bilinmiyor", "ukendt", "okänd", "saknas", "ukjent", "puuttuu",
        "なし", "無し", "該当なし", "不明", "未定", "无", "無", "未知", "暂无", "없음", "미상", "해당없음", "해당 없음", "－", "ー",
    ]

    private static let words = strict + lenient
    private static let table = WordTable(words.enumerated().map { ($1, $0) })

    /// How many words there are.
    static var count: Int { words.count }

    /// The number of the word that a field spells, from 0.
    @inline(__always)
    static func index(_ text: FieldText) -> Int? { text.count <= 24 ? table.find(text) : nil }

    static func isStrict(_ index: Int) -> Bool { index < strict.count }
    /// Whether a word has neither letters nor digits.
    static func isMark(_ index: Int) -> Bool { !words[index].contains { $0.isLetter || $0.isNumber } }
    static func word(_ index: Int) -> String { words[index] }
}
