import Articles
import Connectors
import Kernel
import Testing

/// What providers answer, in the shapes that they document, and in others.
@Suite struct ProviderTests {
    private let now = Timestamp("2026-02-01T12:00:00Z")!

    private func pull(_ connector: any Connector, _ config: JSONObject, _ credentials: JSONObject = [:], cursor: JSONValue? = nil) throws -> Pull {
        let checked = try connector.checked(config: config, credentials: credentials)
        return Pull(config: checked.config, credentials: checked.credentials ?? ConnectorSettings(), cursor: cursor, now: now)
    }

    private func read(_ connector: any Connector, _ pull: Pull, _ body: String) throws -> PullPage {
        let request = try #require(try connector.requests(pull).first)
        return try connector.read(PulledAnswer(body: Array(body.utf8), fetchedAt: now), to: request, pull)
    }

    private func fault(_ connector: any Connector, _ pull: Pull, _ body: String) -> PullFault? {
        do {
            _ = try read(connector, pull, body)
            return nil
        } catch { return error as? PullFault }
    }

    // MARK: news

    @Test("GDELT: articles, a wrong escape, no match, a refusal as text") func gdelt() throws {
        let source = try pull(GDELTNews(), ["query": "coffee", "place": "Berlin"])
        let page = try read(
            GDELTNews(), source,
            #"{"articles": [{"url": "https://news.example.com/a", "title": "It\'s up &amp; away", "seendate": "20260131T101500Z", "domain": "news.example.com", "language": "German", "sourcecountry": "Germany", "socialimage": ""}, {"title": "no time"}]}"#
        )
        guard case .news(let articles) = page.records else { return #expect(Bool(false), "no news") }
        #expect(articles.count == 1 && page.read == 2 && page.refused == 1)
        #expect(articles[0].title == "It's up & away" && articles[0].language == "de" && articles[0].publishedAt == Timestamp("2026-01-31T10:15:00Z"))
        #expect(page.cursor == ["newest": "2026-01-31T10:15:00Z"])
        #expect(try read(GDELTNews(), source, "{}").records.count == 0)
        #expect(fault(GDELTNews(), source, "Your query was too short.\n")?.code == .rejected)
        #expect(fault(GDELTNews(), source, #"{"articles": "none"}"#)?.code == .wrongShape)
        #expect(fault(GDELTNews(), source, "<!doctype html><title>x</title>")?.code == .wrongFormat)
    }

    @Test("GDELT: the same question of two tenants is the same, whatever the second of their last runs") func gdeltQuestions() throws {
        let config: JSONObject = ["query": "coffee OR tea"]
        let first = try GDELTNews().requests(pull(GDELTNews(), config, cursor: ["newest": "2026-02-01T03:00:00Z"]))[0]
        let second = try GDELTNews().requests(pull(GDELTNews(), config, cursor: ["newest": "2026-02-01T08:30:00Z"]))[0]
        #expect(first.question == second.question && first.url.contains("timespan=1d") && first.url.contains("%28coffee"))
        let late = try GDELTNews().requests(pull(GDELTNews(), config, cursor: ["newest": "2026-01-20T00:00:00Z"]))[0]
        #expect(late.url.contains("timespan=30d"))
    }

    // MARK: weather

    private let berlin: JSONObject = ["places": [["name": "Berlin", "latitude": 52.52, "longitude": 13.41]]]

    @Test("Open-Meteo: one place as an object, several as a list; nulls are left out") func weather() throws {
        let one = try read(
            OpenMeteoForecast(), try pull(OpenMeteoForecast(), berlin),
            #"{"hourly": {"time": ["2026-02-01T00:00", "2026-02-01T01:00", "x"], "temperature_2m": [1.5, null, 2], "weather_code": [61, null, 0]}}"#)
        guard case .weather(let records) = one.records else { return #expect(Bool(false), "no weather") }
        #expect(records.count == 1 && one.refused == 1 && one.read == 3)
        #expect(records[0].temperature == 1.5 && records[0].conditions == "light rain" && records[0].time == Timestamp("2026-02-01T00:00:00Z"))
        let two: JSONObject = ["places": [["name": "A", "latitude": 1, "longitude": 2], ["name": "B", "latitude": -3, "longitude": 4]]]
        let source = try pull(OpenMeteoForecast(), two)
        let request = OpenMeteoForecast().requests(source)[0]
        #expect(request.url.contains("latitude=1.0000%2C-3.0000") && request.question == request.url)
        let table = #"{"hourly": {"time": ["2026-02-01T00:00"], "temperature_2m": [1]}}"#
        #expect(try read(OpenMeteoForecast(), source, "[\(table), \(table)]").records.count == 2)
        #expect(fault(OpenMeteoForecast(), source, table)?.code == .wrongShape)
        #expect(fault(OpenMeteoForecast(), source, #"{"error": true, "reason": "no"}"#)?.message.contains("no") == true)
    }

    @Test("Open-Meteo: a text where a number was expected is told, the rest of its hour is kept; a column that is missing is told")
    func weatherTypes()
        throws
    {
        let source = try pull(OpenMeteoForecast(), berlin)
        let page = try read(
            OpenMeteoForecast(), source,
            #"{"hourly": {"time": ["2026-02-01T00:00", "2026-02-01T01:00"], "temperature_2m": ["warm", "cold"], "precipitation": [0.5, null]}}"#)
        guard case .weather(let records) = page.records else { return #expect(Bool(false), "no weather") }
        #expect(records.map(\.precipitation) == [0.5] && records[0].temperature == nil)
        #expect(
            page.refused == 2 && page.refusals[0].reason.contains("Berlin at 2026-02-01T00:00 has no number as temperature_2m"), "\(page.refusals)")
        #expect(page.warning?.contains("weather_code") == true)
        for body in [#"{"hourly": {"time": ["2026-02-01T00:00"]}}"#, #"{"hourly": {"time": ["2026-02-01T00:00"], "temperature_2m": 7}}"#] {
            #expect(fault(OpenMeteoForecast(), source, body)?.code == .wrongShape, "\(body)")
        }
    }

    @Test("what a provider says is told without controls, which no table of the database takes") func controls() throws {
        let rates = try pull(ExchangeRates(), ["base": "EUR"])
        let refused = fault(ExchangeRates(), rates, #"{"error": "no\u0000 \u202Esuch\u0007"}"#)
        #expect(refused?.message.hasSuffix("no  such ") == true, "\(String(describing: refused))")
        let page = try read(ExchangeRates(), rates, #"{"base": "EUR", "date": "2026-01-31", "rates": {"U\u0000D": 1, "USD": 2}}"#)
        #expect(page.records.count == 1 && page.refusals.map(\.reason) == ["U D has no rate above 0"], "\(page.refusals)")
        let places = try read(
            GeoNamesSearch(), try pull(GeoNamesSearch(), ["queries": ["Berlin"]], ["username": "somebody"]),
            #"{"geonames": [{"geonameId": 1, "name": "Ber\u0000lin", "lat": "1", "lng": "2", "adminName1": "\u0000"}, {"geonameId": 2, "name": "\u0000", "lat": "1", "lng": "2"}]}"#
        )
        guard case .places(let found) = places.records else { return #expect(Bool(false), "no places") }
        #expect(found.map(\.name) == ["Ber lin"] && found[0].region == "" && places.refused == 1)
    }

    @Test("Open-Meteo archive: a year at a time up to yesterday, and on from there a week earlier") func archive() throws {
        var config = berlin
        config["from"] = "2024-01-01"
        let source = try pull(OpenMeteoArchive(), config)
        let first = try #require(OpenMeteoArchive().requests(source).first)
        #expect(first.url.contains("start_date=2024-01-01&end_date=2024-12-31"))
        let answer = PulledAnswer(
            body: Array(#"{"daily": {"time": ["2024-01-01"], "temperature_2m_mean": [3.5], "precipitation_sum": [0]}}"#.utf8), fetchedAt: now)
        let page = try OpenMeteoArchive().read(answer, to: first, source)
        let second = try #require(page.next)
        #expect(page.cursor == ["until": "2024-12-31"] && second.url.contains("start_date=2025-01-01&end_date=2026-01-01"))
        let third = try #require(try OpenMeteoArchive().read(answer, to: second, source).next)
        #expect(third.url.contains("start_date=2026-01-02&end_date=2026-01-31"))
        #expect(try OpenMeteoArchive().read(answer, to: third, source).next == nil)
        let again = OpenMeteoArchive().requests(try pull(OpenMeteoArchive(), config, cursor: ["until": "2026-01-31"]))
        #expect(again.first?.url.contains("start_date=2026-01-24") == true)
    }

    // MARK: places and rates

    @Test("GeoNames: places, no place, and its own errors; the account's name is in no question") func places() throws {
        let source = try pull(GeoNamesSearch(), ["queries": ["Berlin", "Xyz"]], ["username": "somebody"])
        let requests = GeoNamesSearch().requests(source)
        #expect(requests.count == 2 && requests[0].url.contains("username=somebody"))
        #expect(requests[0].question?.contains("somebody") == false)
        let page = try read(
            GeoNamesSearch(), source,
            #"{"totalResultsCount": 1, "geonames": [{"geonameId": 2950159, "name": "Berlin", "lat": "52.52437", "lng": "13.41053", "countryName": "Germany", "population": 3426354}, {"name": "none"}]}"#
        )
        guard case .places(let places) = page.records else { return #expect(Bool(false), "no places") }
        #expect(places.count == 1 && places[0].latitude == 52.52437 && places[0].query == "Berlin" && page.refused == 1)
        #expect(try read(GeoNamesSearch(), source, #"{"geonames": []}"#).warning != nil)
        #expect(fault(GeoNamesSearch(), source, #"{"status": {"message": "user does not exist.", "value": 10}}"#)?.code == .notAllowed)
        #expect(fault(GeoNamesSearch(), source, #"{"status": {"message": "the hourly limit", "value": 19}}"#)?.retryAfter == .seconds(3600))
    }

    @Test("exchange rates: those that were asked for, of the day that it says; what is wrong") func rates() throws {
        let source = try pull(ExchangeRates(), ["base": "eur", "symbols": ["USD", "QQQ"]])
        #expect(ExchangeRates().requests(source)[0].url.hasSuffix("/v4/latest/EUR"))
        let page = try read(ExchangeRates(), source, #"{"base": "EUR", "date": "2026-01-31", "rates": {"EUR": 1, "USD": 1.09, "GBP": 0.8}}"#)
        guard case .market(let records) = page.records else { return #expect(Bool(false), "no rates") }
        #expect(records.map { "\($0.symbol) \($0.time) \($0.value)" } == ["EUR/USD 2026-01-31T00:00:00Z 1.09"])
        #expect(page.warning?.contains("QQQ") == true)
        for wrong in [
            #"{"base": "USD", "date": "2026-01-31", "rates": {}}"#, #"{"base": "EUR", "rates": {}}"#, #"{"base": 5, "rates": [1, 2]}"#, "[]",
        ] {
            #expect(fault(ExchangeRates(), source, wrong)?.code == .wrongShape, "\(wrong)")
        }
        let zero = try read(ExchangeRates(), source, #"{"base": "EUR", "date": "2026-01-31", "rates": {"USD": 0}}"#)
        #expect(zero.records.count == 0 && zero.refused == 1)
    }

    // MARK: settings

    @Test("settings are checked all at once, each fault with its place") func settings() throws {
        let error = #expect(throws: AppError.self) {
            try OpenMeteoForecast().checked(
                config: ["places": [["name": "", "latitude": 91, "longitude": 0], ["name": "x", "lat": 1]], "days": 7], credentials: [:])
        }
        let fields = Set(error?.issues.map(\.field) ?? [])
        #expect(
            fields.isSuperset(of: ["config.places[0].name", "config.places[0].latitude", "config.places[1].latitude", "config.places[1].lat"]),
            "\(fields)")
        let unknown = #expect(throws: AppError.self) {
            try ExchangeRates().checked(config: ["base": "EUR", "simbols": []], credentials: ["key": "x"])
        }
        #expect(unknown?.issues.map(\.field) == ["config.simbols", "credentials.key"])
        for connector in ConnectorRegistry.all {
            #expect(throws: AppError.self, "\(connector.description.name)") {
                try connector.checked(config: ["nonsense": 1], credentials: [:])
            }
        }
    }

    @Test("every connector's description is whole, and its examples pass its own check") func registry() throws {
        #expect(Set(ConnectorRegistry.all.map(\.description.name)).count == ConnectorRegistry.all.count)
        for connector in ConnectorRegistry.all {
            let description = connector.description
            #expect(try !JSON.encode(description).isEmpty && !description.title.isEmpty && !description.summary.isEmpty)
            var config: JSONObject = [:]
            for field in description.config { if let example = field.example { config[field.name] = example } }
            for field in description.config where field.required && field.example == nil {
                config[field.name] = ["from": "2020-01-01", "time": "$.date", "database": "db", "user": "reader"][field.name] ?? "missing"
            }
            if description.name == "csv_url" || description.name == "google_sheet" {
                config["mapping"] = ["layout": "wide", "time_column": "day", "metrics": [["column": "amount"]]]
            }
            let credentials: JSONObject =
                description.name == "geonames" ? ["username": "me"] : description.name == "postgres" ? ["password": "p"] : [:]
            #expect(throws: Never.self, "\(description.name)") { try connector.checked(config: config, credentials: credentials) }
        }
    }
}
