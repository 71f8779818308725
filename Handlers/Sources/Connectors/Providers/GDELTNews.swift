import Addresses
import Articles
public import Kernel

/// News from all over the world by words and place: GDELT 2.0 DOC API, mode `artlist` (its documentation of 2017-12, "Output formats and queries").
public struct GDELTNews: Connector {
    public init() {}

    public var description: ConnectorDescription {
        ConnectorDescription(
            name: "gdelt", title: "News (GDELT)", summary: "Articles from news sites of the world that match words and a place", lands: .news,
            config: [
                .required("query", .text, "what the articles are about, such as coffee OR tea", range: 3...500, example: "coffee"),
                .optional("place", .text, "a place that they name", range: 2...100, example: "Berlin"),
                .optional("country", .text, "where they were published: two letters of FIPS 10-4, such as GM", range: 2...2),
                .optional("language", .text, "their language in English, such as german", range: 3...30),
                .optional("max_articles", .integer, "the most of one run", otherwise: 100, range: 1...250),
                .optional("days", .integer, "how far back the first run looks", otherwise: 1, range: 1...90),
            ],
            interval: 3600, timer: .news, minimumInterval: 3600, lifetime: 3600, quota: .init(calls: 600, seconds: 3600))
    }

    public func check(_ config: ConnectorSettings, _ credentials: ConnectorSettings, _ issues: inout [AppError.Issue]) {
        for name in ["country", "language"] {
            let isWord = config.text(name)?.utf8.allSatisfy { (97...122).contains($0 | 0x20) } ?? true
            issues.require(isWord, "config.\(name)", "expected letters alone")
        }
        let brackets = (config.text("query") ?? "").reduce(0) { $0 < 0 ? $0 : $0 + ($1 == "(" ? 1 : $1 == ")" ? -1 : 0) }
        issues.require(brackets == 0, "config.query", "expected a ) for each (")
        issues.require((config.text("query") ?? "").count { $0 == "\"" } % 2 == 0, "config.query", "expected quotes in pairs")
    }

    public func requests(_ pull: Pull) -> [PullRequest] {
        var query = pull.config.text("query") ?? ""
        if query.contains(" OR "), !query.hasPrefix("(") { query = "(\(query))" }
        if let place = pull.config.text("place") { query += " \"\(place.replacing("\"", with: ""))\"" }
        if let country = pull.config.text("country") { query += " sourcecountry:\(country.lowercased())" }
        if let language = pull.config.text("language") { query += " sourcelang:\(language.lowercased())" }
        let url = FormEncoding.asking(
            "\(pull.base("gdelt", "https://api.gdeltproject.org"))/api/v2/doc/doc",
            [
                ("query", query), ("mode", "artlist"), ("format", "json"), ("sort", "datedesc"),
                ("maxrecords", String(pull.config.integer("max_articles") ?? 100)), ("timespan", span(pull)),
            ])
        return [PullRequest(url, question: url)]
    }

    /// How far back is looked: a few steps only, so that many ask the same.
    private func span(_ pull: Pull) -> String {
        guard let newest = pull.cursor?["newest"]?.string.flatMap({ Timestamp($0) }) else { return "\(pull.config.integer("days") ?? 1)d" }
        let hours = Int((pull.now - newest).milliseconds / 3_600_000) + 1
        return hours <= 24 ? "1d" : hours <= 72 ? "3d" : hours <= 168 ? "7d" : hours <= 720 ? "30d" : "90d"
    }

    public func read(_ answer: PulledAnswer, to request: PullRequest, _ pull: Pull) throws(PullFault) -> PullPage {
        let json = try Self.json(answer)
        // Where nothing matches, the answer is an empty object.
        guard let found = json["articles"] else {
            guard json.object?.isEmpty == true else { throw PullFault(.wrongShape, "The answer has no list of articles.") }
            return PullPage(.news([]), read: 0)
        }
        guard let rows = found.array else { throw PullFault(.wrongShape, "The answer's articles are no list.") }
        var page = PullPage(.news([]), read: rows.count)
        var articles: [Article] = []
        for (index, row) in rows.enumerated() {
            guard let time = row["seendate"]?.string.flatMap(Self.time) else {
                page.refuse(index + 1, "has no time (seendate) such as 20260131T120000Z")
                continue
            }
            guard let title = row["title"]?.string, let url = row["url"]?.string,
                let article = Article(
                    title: title, url: url, publishedAt: time, source: row["domain"]?.string, language: row["language"]?.string,
                    country: row["sourcecountry"]?.string, imageURL: row["socialimage"]?.string)
            else {
                page.refuse(index + 1, "has no title, or no address of the web")
                continue
            }
            articles.append(article)
        }
        page.records = .news(articles)
        page.cursor = articles.map(\.publishedAt).max().map { ["newest": .string("\($0)")] }
        return page
    }

    /// The answer, whose texts are escaped wrongly at times; and errors, which come as a text with status 200.
    private static func json(_ answer: PulledAnswer) throws(PullFault) -> JSONValue {
        let start = answer.body.first { $0 > 0x20 }
        if let start, start != UInt8(ascii: "{"), !answer.body.starts(with: "<".utf8), answer.body.count < 1000 {
            let says = CleanedText.clean(String(decoding: answer.body, as: UTF8.self), limit: 300)
            throw PullFault(.rejected, "GDELT refuses the question: \(says)")
        }
        do throws(PullFault) { return try answer.json() } catch {
            var mended = answer
            mended.body = repaired(answer.body)
            guard mended.body != answer.body, let json = try? mended.json() else { throw error }
            return json
        }
    }

    /// Backslashes in front of what JSON does not escape are left out, and so are bare controls.
    static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                let next = bytes[index + 1]
                if "\"\\/bfnrtu".utf8.contains(next) { result.append(byte) }
                result.append(next)
                index += 2
                continue
            }
            result.append(byte < 0x20 ? 0x20 : byte)
            index += 1
        }
        return result
    }

    /// `20260131T120000Z`
    static func time(_ text: String) -> Timestamp? {
        let parts = Array(text.utf8)
        guard parts.count == 16, parts[8] == UInt8(ascii: "T"), parts[15] == UInt8(ascii: "Z") else { return nil }
        func digits(_ range: Range<Int>) -> Substring { text.dropFirst(range.lowerBound).prefix(range.count) }
        return Timestamp(
            "\(digits(0..<4))-\(digits(4..<6))-\(digits(6..<8))T\(digits(9..<11)):\(digits(11..<13)):\(digits(13..<15))Z")
    }
}
