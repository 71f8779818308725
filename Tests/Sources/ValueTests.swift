import Connectors
import Kernel
import Testing

/// How answers become values of KPIs.
@Suite struct ValueTests {
    private let now = Timestamp("2026-02-01T12:00:00Z")!

    private func read(_ connector: any Connector, _ config: JSONObject, _ body: [UInt8], type: String = "") throws -> PullPage {
        let checked = try connector.checked(config: config, credentials: [:])
        let pull = Pull(config: checked.config, now: now)
        let request = try #require(try connector.requests(pull).first)
        return try connector.read(PulledAnswer(body: body, contentType: type, fetchedAt: now), to: request, pull)
    }

    private func lines(_ page: PullPage) -> [String] {
        guard case .values(let batch) = page.records else { return ["no values"] }
        return batch.values.indices.map { index in
            let series = batch.series[Int(batch.places[index]) - 1]
            return "\(series.name)\(series.unit.map { " (\($0))" } ?? "") \(Timestamp(microseconds: batch.times[index])) \(batch.values[index])"
        }
    }

    private let json: JSONObject = [
        "url": "https://api.example.com/sales", "records": "$.rows[*]", "time": "$.day",
        "metrics": [["name": "Sales", "path": "$.amount", "unit": "EUR"]],
    ]

    @Test("JSON: records by paths; what cannot be read is left out with its reason, what is null is nothing") func records() throws {
        let page = try read(
            HTTPJSON(), json,
            Array(
                #"{"rows": [{"day": "2026-01-01", "amount": 1}, {"day": "2026-01-02", "amount": "1,234.50"}, {"day": 7, "amount": "much"}, {"amount": 4}, 3, {"day": "2026-01-03", "amount": null}, {"day": 1767398400, "amount": true}]}"#
                    .utf8))
        #expect(
            lines(page) == [
                "Sales (EUR) 2026-01-01T00:00:00Z 1.0", "Sales (EUR) 2026-01-02T00:00:00Z 1234.5", "Sales (EUR) 2026-01-03T00:00:00Z 1.0",
            ])
        #expect(page.read == 7 && page.refused == 3 && page.refusals.map(\.record) == [3, 4, 5])
        #expect(page.refusals[0].reason.contains("expected a number") && page.refusals[1].reason.contains("$.day"))
    }

    @Test("an answer of more values than are taken at once is cut, with a word, whatever makes them many") func tooMany() throws {
        var config = json
        config["metrics"] = .array((0..<100).map { ["name": .string("m\($0)"), "path": "$.a"] })
        let rows = (0..<6000).map { #"{"day": \#(1_700_000_000 + $0), "a": 1}"# }.joined(separator: ",")
        let wide = "day," + (0..<900).map { "m\($0)" }.joined(separator: ",") + "\n"
        let lines = (0..<600).map { "2024-\($0 / 28 % 12 + 1)-\($0 % 28 + 1) 00:0\($0 / 336)," + String(repeating: "1,", count: 899) + "1\n" }
            .joined()
        for page in [
            try read(HTTPJSON(), config, Array(#"{"rows": [\#(rows)]}"#.utf8)),
            try read(CSVLink(), ["url": "https://example.com/sales.csv"], Array((wide + lines).utf8)),
        ] {
            #expect(page.records.count == ValueBatch.mostValues && page.warning?.contains("500000") == true, "\(page.records.count) \(page.refusals)")
        }
    }

    @Test("a path that names all elements again and again ends where they are too many, before they are gathered") func manySelectors() throws {
        let path = try JSONPath("$[*,*,*,*,*,*,*,*,*,*]", field: "x")
        #expect(path.values(in: .array(Array(repeating: 1, count: 20_001))) == nil)
        #expect(path.values(in: .array(Array(repeating: 1, count: 20_000)))?.count == 200_000)
        #expect(try JSONPath("$[::1]", field: "x").values(in: .array(Array(repeating: 1, count: 200_001))) == nil)
    }

    @Test("names and units with controls are stored without them, those of nothing else are refused") func controls() throws {
        let config: JSONObject = [
            "url": "https://api.example.com/sales", "records": "$[*]", "time": "$.t", "metric": "$.m", "value": "$.v", "unit": "$.u",
        ]
        let page = try read(
            HTTPJSON(), config,
            Array(#"[{"t": "2026-01-01", "m": "Sa\u0000les", "v": 1, "u": "E\u0000"}, {"t": "2026-01-01", "m": "\u0000", "v": 1}]"#.utf8))
        #expect(lines(page) == ["Sa les (E ) 2026-01-01T00:00:00Z 1.0"] && page.refused == 1, "\(lines(page)) \(page.refusals)")
    }

    @Test(
        "times as APIs write them",
        arguments: [
            (#""2026-01-31T12:00:00Z""#, "2026-01-31T12:00:00Z"), (#""2026-01-31T12:00:00+02:00""#, "2026-01-31T10:00:00Z"),
            (#""2026-01-31 12:00:00""#, "2026-01-31T12:00:00Z"), (#""2026-01-31T12:00""#, "2026-01-31T12:00:00Z"),
            (#""2026-01-31 12:00:00+0200""#, "2026-01-31T10:00:00Z"), (#""2026-01-31 12:00:00.5+00""#, "2026-01-31T12:00:00.5Z"),
            (#""2026-01""#, "2026-01-01T00:00:00Z"),
            ("1769860800", "2026-01-31T12:00:00Z"), ("1769860800000", "2026-01-31T12:00:00Z"), ("1769860800.5", "2026-01-31T12:00:00.5Z"),
        ]) func times(written: String, expected: String) throws
    {
        let page = try read(HTTPJSON(), json, Array(#"{"rows": [{"day": \#(written), "amount": 1}]}"#.utf8))
        #expect(lines(page) == ["Sales (EUR) \(try #require(Timestamp(expected))) 1.0"], "\(page.refusals)")
    }

    @Test(
        "times that are none, and numbers that are none",
        arguments: [
            #"{"day": "31/01/2026", "amount": 1}"#, #"{"day": "2026-02-30", "amount": 1}"#, #"{"day": "", "amount": 1}"#,
            #"{"day": 1e300, "amount": 1}"#,
            #"{"day": "2026-01-01", "amount": "12,34"}"#, #"{"day": "2026-01-01", "amount": "NaN"}"#, #"{"day": "2026-01-01", "amount": "0x10"}"#,
            #"{"day": "2026-01-01", "amount": [1]}"#, #"{"day": "2026-01-01", "amount": "1e999"}"#,
        ]) func noTimes(record: String) throws
    {
        let page = try read(HTTPJSON(), json, Array(#"{"rows": [\#(record)]}"#.utf8))
        #expect(page.refused == 1 && lines(page).isEmpty, "\(lines(page))")
    }

    @Test("a next page is on the same host, and bounded") func pages() throws {
        var config = json
        config["next"] = "$.next"
        config["max_pages"] = 2
        let connector = HTTPJSON()
        let checked = try connector.checked(config: config, credentials: ["token": "secret"])
        let pull = Pull(config: checked.config, credentials: try #require(checked.credentials), now: now)
        let first = connector.requests(pull)[0]
        #expect(first.headers.contains { $0.name == "Authorization" && $0.value == "Bearer secret" })
        func answer(_ next: String) -> PulledAnswer { PulledAnswer(body: Array(#"{"rows": [], "next": "\#(next)"}"#.utf8), fetchedAt: now) }
        let second = try #require(try connector.read(answer("?page=2"), to: first, pull).next)
        #expect(second.url == "https://api.example.com/sales?page=2" && second.page == 2)
        #expect(try connector.read(answer("/other"), to: first, pull).next?.url == "https://api.example.com/other")
        let last = try connector.read(answer("/other"), to: second, pull)
        #expect(last.next == nil && last.warning != nil)
        for away in ["https://evil.example/x", "//evil.example/x", "http://api.example.com/x", "https://api.example.com@evil.example/"] {
            #expect(throws: PullFault.self, "\(away)") { try connector.read(answer(away), to: first, pull) }
        }
    }

    @Test("CSV: the mapping is found by itself; a bad row is left out; a web page is said to be one") func csv() throws {
        let config: JSONObject = ["url": "https://example.com/sales.csv"]
        let table =
            "Datum;Umsatz\n01.02.2026;1.234,50\n02.02.2026;1.100,00\n13.02.2026;900,25\n14.02.2026;viel\n15.02.2026;800,00\n16.02.2026;700,00\n17.02.2026;650,50\n18.02.2026;640,00\n19.02.2026;630,00\n"
        let page = try read(CSVLink(), config, Array(table.utf8))
        #expect(
            lines(page).prefix(2) == ["Umsatz 2026-02-01T00:00:00Z 1234.5", "Umsatz 2026-02-02T00:00:00Z 1100.0"], "\(lines(page)) \(page.refusals)")
        #expect(page.refused == 1 && page.refusals.first?.reason.contains("Umsatz") == true, "\(page.refusals)")
        for (body, code) in [("", PullFault.Code.emptyAnswer), ("<!doctype html><form>", .wrongFormat), ("a,b\nx,y\n", .wrongFormat)] {
            let fault = #expect(throws: PullFault.self) { try read(CSVLink(), config, Array(body.utf8)) }
            #expect(fault?.code == code, "\(body): \(String(describing: fault))")
        }
        let sheet = try read(
            GoogleSheet(), ["url": "https://docs.google.com/spreadsheets/d/1AbC_d-9/edit#gid=42"],
            Array("Day,Amount\r\n2026-01-01,5\r\n2026-01-02,6\r\n".utf8))
        #expect(lines(sheet) == ["Amount 2026-01-01T00:00:00Z 5.0", "Amount 2026-01-02T00:00:00Z 6.0"])
    }

    @Test("a sheet's address becomes its export, and nothing else passes for one") func sheets() throws {
        let connector = GoogleSheet()
        let checked = try connector.checked(config: ["url": "https://docs.google.com/spreadsheets/d/1AbC/edit?usp=sharing#gid=7"], credentials: [:])
        #expect(
            try connector.requests(Pull(config: checked.config, now: now))[0].url
                == "https://docs.google.com/spreadsheets/d/1AbC/export?format=csv&gid=7")
        for wrong in [
            "https://docs.google.com.evil.example/spreadsheets/d/1/", "https://docs.google.com/spreadsheets/d/../x",
            "http://docs.google.com/spreadsheets/d/1",
        ] {
            #expect(throws: AppError.self) { try connector.checked(config: ["url": .string(wrong)], credentials: [:]) }
        }
    }

    @Test("Postgres: columns become KPIs, in the wide and the long form") func rows() throws {
        let rows: [JSONValue] = [
            ["day": "2026-01-01", "sales": 3, "note": "x", "tax": nil], ["day": "2026-01-02T00:00:00+00:00", "sales": nil, "note": "y", "tax": 1.5],
        ]
        let base: JSONObject = ["host": "db.example.com", "database": "d", "user": "u", "query": "select 1;"]
        let wide = try PostgresQuery().checked(config: base, credentials: ["password": "p"]).config
        #expect(lines(try PostgresQuery.page(of: rows, wide)) == ["sales 2026-01-01T00:00:00Z 3.0", "tax 2026-01-02T00:00:00Z 1.5"])
        #expect(PostgresQuery.statement(wide) == "select 1")
        var config = base
        config["metric_column"] = "note"
        config["value_column"] = "sales"
        let long = try PostgresQuery().checked(config: config, credentials: ["password": "p"]).config
        #expect(lines(try PostgresQuery.page(of: rows, long)) == ["x 2026-01-01T00:00:00Z 3.0"])
        #expect(throws: PullFault.self) { try PostgresQuery.page(of: [["a": "x", "b": "y"]], wide) }
        #expect(throws: PullFault.self) { try PostgresQuery.page(of: [["day": "2026-01-01", "note": "y"]], wide) }
        let later = try PostgresQuery.page(of: [["day": nil, "sales": nil], ["day": "2026-01-02", "sales": nil]], wide)
        #expect(lines(later).isEmpty && later.refused == 1, "nothing is known yet")
        for query in ["delete from t", "drop table t", "; select 1", "copy t to stdout"] {
            config["query"] = .string(query)
            #expect(throws: AppError.self, "\(query)") { try PostgresQuery().checked(config: config, credentials: ["password": "p"]) }
        }
    }
}
