/// Which language a text is in, by its script and its commonest words.
public enum Language: String, Sendable, Hashable, CaseIterable {
    case english = "en"
    case german = "de"
    case french = "fr"
    case spanish = "es"
    case italian = "it"
    case portuguese = "pt"
    case dutch = "nl"
    case russian = "ru"
    case greek = "el"
    case arabic = "ar"
    case hebrew = "he"
    case hindi = "hi"
    case thai = "th"
    case chinese = "zh"
    case japanese = "ja"
    case korean = "ko"

    /// The language of a text, by its first 2,000 bytes; nil where nothing tells one from the others, as in a few names or numbers.
    public static func of(_ text: String) -> Language? {
        let head = String(decoding: text.utf8.prefix(2000), as: UTF8.self)
        if let language = script(of: head) { return language }
        var counts: [Language: Int] = [:]
        var scanner = WordScanner()
        let bytes = Array(head.utf8)
        scanner.scan(bytes.span)
        for word in scanner.words where word.kind == .letters {
            for language in commonest[word.hash] ?? [] { counts[language, default: 0] += 1 }
        }
        let ranked = counts.sorted { ($0.value, $1.key.rawValue) > ($1.value, $0.key.rawValue) }
        guard let first = ranked.first else { return nil }
        return ranked.count == 1 || first.value > ranked[1].value ? first.key : nil
    }

    /// Scripts that one language is mostly written in; more than a third of the letters decides.
    private static func script(of text: String) -> Language? {
        var counts: [Language: Int] = [:]
        var letters = 0
        for scalar in text.unicodeScalars where scalar.properties.isAlphabetic {
            letters += 1
            for (range, language) in scripts where range.contains(scalar.value) { counts[language, default: 0] += 1 }
        }
        // Japanese mixes Chinese characters with its own.
        if let kana = counts[.japanese], kana * 10 > letters { return .japanese }
        guard let (language, count) = counts.max(by: { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }), count * 3 > letters else {
            return nil
        }
        return language
    }

    private static let scripts: [(ClosedRange<UInt32>, Language)] = [
        (0x370...0x3FF, .greek), (0x400...0x4FF, .russian), (0x590...0x5FF, .hebrew), (0x600...0x6FF, .arabic), (0x900...0x97F, .hindi),
        (0xE00...0xE7F, .thai), (0x3040...0x30FF, .japanese), (0x4E00...0x9FFF, .chinese), (0xAC00...0xD7AF, .korean),
    ]

    private static let commonest: [UInt32: [Language]] = {
        let words: [(Language, String)] = [
            (
                .english,
                "the of and to in is that for it was on with as at by from be this have are not he his they which an has will said after its new up over"
            ),
            (
                .german,
                "der die das und ist nicht ein eine zu den mit von auf für im sich des dem auch als an es bei nach wird aus er sie hat dass werden"
            ),
            (.french, "le la les de des et est une un dans que pour qui du pas sur au avec ce par plus il sont se ne été son cette aux ont"),
            (.spanish, "el la los las de y que en un una por con para del se es no su al lo como más pero sus fue este ha son entre"),
            (.italian, "il la di che e un una per non è con del della in sono le gli si da dei nel alla al ha anche più come i lo"),
            (.portuguese, "o a os as de e que em um uma para com não do da no na por mais se dos ao como foi das ele à seu são"),
            (.dutch, "de het een en van in is dat op te niet zijn voor met aan er die om ook als bij maar naar door heeft werd uit over wordt nog"),
        ]
        var table: [UInt32: [Language]] = [:]
        for (language, list) in words {
            for word in list.split(separator: " ") { table[WordHash.of(word.utf8.map(Bytes.lowered)), default: []].append(language) }
        }
        return table
    }()
}
