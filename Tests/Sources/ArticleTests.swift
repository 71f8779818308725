import Articles
import Kernel
import Testing

@Suite struct ArticleTests {
    private let time = Timestamp(seconds: 1_800_000_000)

    private func article(_ title: String, _ url: String = "https://news.example.com/a", source: String? = nil) throws -> Article {
        try #require(Article(title: title, url: url, publishedAt: time, source: source))
    }

    @Test(
        "texts lose markup, entities, controls and marks of direction, once",
        arguments: [
            ("Kaffeepreise steigen &amp; Röster warnen", "Kaffeepreise steigen & Röster warnen"), ("  a\n\tb  ", "a b"),
            ("<b>Bold</b> news", "Bold news"),
            ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"), ("&lt;b&gt;", "<b>"), ("&amp;lt;", "&lt;"), ("caf&#233; &#x20AC;5", "café €5"),
            ("&#0; &unknown; &", "&#0; &unknown; &"), ("<script>alert(1)</script>Safe<!-- no -->", "Safe"), ("abc\u{202E}txt.exe", "abctxt.exe"),
            ("zero\u{200B}width\u{FEFF}", "zerowidth"), ("<style>p{}</STYLE>x", "x"), ("<a href='x' never closed", "<a href='x' never closed"),
            ("", ""),
        ]) func cleaned(given: String, expected: String)
    { #expect(CleanedText.clean(given, limit: 1000) == expected) }

    @Test("a long text ends at a word") func cut() {
        let text = CleanedText.clean(String(repeating: "word ", count: 100), limit: 52)
        #expect(text.hasSuffix("word…") && text.unicodeScalars.count <= 52)
        #expect(CleanedText.clean(String(repeating: "x", count: 100), limit: 10).unicodeScalars.count == 10)
    }

    @Test(
        "one page has one key, however its address is written",
        arguments: [
            "http://news.example.com/a", "https://www.news.example.com/a", "https://news.example.com:443/a/", "https://NEWS.example.com/a#top",
            "https://news.example.com/a?utm_source=x&fbclid=1", "https://m.news.example.com/a", "https://news.example.com/a?utm_campaign=b",
        ]) func samePage(url: String) throws
    { #expect(try article("t", url).urlKey == article("t").urlKey) }

    @Test("items of a query in another order are the same; other items, paths and hosts are not") func otherPages() throws {
        #expect(try article("t", "https://x.example/a?b=1&a=2").urlKey == article("t", "https://x.example/a?a=2&b=1").urlKey)
        let keys = try ["https://x.example/a?id=1", "https://x.example/a?id=2", "https://x.example/b", "https://y.example/a", "https://x.example/A"]
            .map { try article("t", $0).urlKey }
        #expect(Set(keys).count == keys.count)
    }

    @Test("one headline has one key, whoever prints it and however; another one has another") func titles() throws {
        let first = try article("Two shops open on Main Street", source: "a.example")
        #expect(try article("Two Shops Open on Main Street - Daily Example", source: "daily.example.org").titleKey == first.titleKey)
        #expect(try article("“Two shops” open on Main Street!", source: "b.example").titleKey == first.titleKey)
        #expect(try article("Two shops close on Main Street", source: "a.example").titleKey != first.titleKey)
        // What stands behind the dash is the story here.
        #expect(
            try article("Two shops open - police arrest owner", source: "a.example").titleKey
                != (try article("Two shops open", source: "a.example")).titleKey)
        #expect(try article("???", source: "a.example").titleKey != (try article("!!!", source: "a.example")).titleKey)
    }

    @Test(
        "what has no title or is no address of the web is no article",
        arguments: [
            ("", "https://x.example/a"), ("t", "ftp://x.example/a"), ("t", "https://user@x.example/"), ("t", "https://x.example/<b>"),
            ("<b></b>", "https://x.example/a"),
            ("t", "https://nodot/a"), ("t", "javascript:alert(1)"),
        ]) func refused(title: String, url: String)
    { #expect(Article(title: title, url: url, publishedAt: time) == nil) }

    @Test("languages by name and by code") func languages() {
        #expect(["English", "german", "fr", "pt-BR", "nb"].map { LanguageNames.code($0) } == ["en", "de", "fr", "pt", "nb"])
        #expect(LanguageNames.code("Klingon") == nil && LanguageNames.code("xx") == nil)
    }
}
