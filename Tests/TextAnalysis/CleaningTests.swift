import Testing

@testable import TextAnalysis

@Suite struct CleaningTests {
    @Test(arguments: [
        ("<p>Profits &amp; losses</p>", "Profits & losses"), ("a<br/>b", "a b"), ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
        ("It&#8217;s &#x201C;good&#x201D;", "It\u{2019}s \u{201C}good\u{201D}"), ("see https://example.com/a?b=c now", "see now"),
        ("x<script>alert(1)</script>y", "x y"), ("x<!-- hidden -->y", "x y"), ("  many \n\t blanks  ", "many blanks"), ("AT&T", "AT&T"),
        ("&unknown; &#xD800; &", "&unknown; &#xD800; &"), ("no end <a href", "no end <a href"), ("", ""), ("a\u{0}b", "a b"),
    ])
    func markupGoesAndTextStays(raw: String, clean: String) { #expect(TextCleaner.clean(raw) == clean) }

    @Test func cleaningTakesTimeInProportion() {
        for piece in ["<a", "&", "<!--", "<script>", "&#", "http://", "<"] {
            let text = String(repeating: piece, count: 200_000)
            #expect(TextCleaner.clean(text).utf8.count <= text.utf8.count)
        }
    }

    @Test(arguments: [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]), ("Mr. Smith met J. Doe. They talked.", ["Mr. Smith met J. Doe.", "They talked."]),
        ("Sales rose 3.5 percent. Good.", ["Sales rose 3.5 percent.", "Good."]), ("He said \"Stop.\" She left.", ["He said \"Stop.\"", "She left."]),
        ("The U.S. economy grew.", ["The U.S. economy grew."]), ("First line\nSecond line", ["First line", "Second line"]), ("", []),
        ("...", ["..."]),
        ("Acme Inc. said so. Wait... what?", ["Acme Inc. said so.", "Wait... what?"]),
    ])
    func sentencesEndWhereTheyDo(text: String, sentences: [String]) { #expect(Sentences.split(text).map(String.init) == sentences) }

    @Test(arguments: [
        ("The company said on Monday that it will cut jobs after its profit fell", Language.english),
        ("Der Umsatz ist nach Angaben des Unternehmens auf ein Rekordhoch gestiegen", .german),
        ("Le chiffre d'affaires de la société est en hausse pour les trois mois", .french),
        ("Los precios de la vivienda en el país subieron por un aumento de la demanda", .spanish),
        ("Il governo ha detto che non è una crisi per il paese", .italian), ("De winst van het bedrijf is dit jaar niet gestegen", .dutch),
        ("O governo disse que não há uma crise no país e os preços", .portuguese), ("Прибыль компании выросла", .russian), ("東京の株価は上がった", .japanese),
        ("公司利润增长", .chinese), ("회사의 이익이 증가했다", .korean), ("ارتفعت أرباح الشركة", .arabic),
    ])
    func languagesAreTold(text: String, language: Language) { #expect(Language.of(text) == language) }

    @Test(arguments: ["", "123", "Acme Tokyo 2024"]) func littleTextIsOfNoLanguage(text: String) { #expect(Language.of(text) == nil) }

    @Test func wordsAreSplitAtBlanksAndMarks() {
        let text = "Don't \u{201C}panic\u{201D}: it\u{2019}s 1,234.5 U.S. points!!"
        var scanner = WordScanner()
        let bytes = Array(text.utf8)
        scanner.scan(bytes.span)
        let words = scanner.words.map { String(decoding: bytes[$0.range], as: UTF8.self) }
        #expect(words == ["Don't", "\u{201C}", "panic", "\u{201D}", ":", "it\u{2019}s", "1,234.5", "U", ".", "S", ".", "points", "!!"])
        #expect(scanner.words[5].hash == WordHash.of("it's".utf8))
    }
}
