import Addresses
public import Kernel

/// What both of Open-Meteo's APIs have in common: places by their coordinates, several in one call, and answers in columns.
enum OpenMeteo {
    static let places = ConnectorField.required(
        "places", .objects, "where: objects of name, latitude and longitude", range: 1...50,
        example: [["name": "Berlin", "latitude": 52.52, "longitude": 13.41]])

    struct Place: Sendable {
        let name: String
        let latitude: Double
        let longitude: Double
    }

    static func check(_ config: ConnectorSettings, _ issues: inout [AppError.Issue]) {
        var names: Set<String> = []
        for (index, place) in config.objects("places").enumerated() {
            let field = "config.places[\(index)]"
            let name = place["name"]?.string ?? ""
            issues.require((1...200).contains(name.unicodeScalars.count), "\(field).name", "expected 1 to 200 characters")
            issues.require(names.insert(name).inserted, "\(field).name", "expected each name once")
            for (part, most) in [("latitude", 90.0), ("longitude", 180.0)] {
                let isThere = place[part]?.number.map { $0.magnitude <= most } ?? false
                issues.require(isThere, "\(field).\(part)", "expected a number from -\(Int(most)) to \(Int(most))")
            }
            for member in place where !["name", "latitude", "longitude"].contains(member.name) {
                issues.append(.init(field: "\(field).\(member.name.prefix(64))", issue: "unknown; expected one of name, latitude, longitude"))
            }
        }
    }

    static func places(_ config: ConnectorSettings) -> [Place] {
        config.objects("places").map {
            Place(name: $0["name"]?.string ?? "", latitude: $0["latitude"]?.number ?? 0, longitude: $0["longitude"]?.number ?? 0)
        }
    }

    static let hourly = "temperature_2m,relative_humidity_2m,precipitation,weather_code,wind_speed_10m"
    static let daily = "temperature_2m_mean,precipitation_sum,weather_code,wind_speed_10m_max"

    static func request(_ base: String, _ path: String, _ pull: Pull, isDaily: Bool, _ more: [(String, String?)]) -> PullRequest {
        let places = places(pull.config)
        let url = FormEncoding.asking(
            "\(base)\(path)",
            [
                ("latitude", places.map(\.latitude.degrees).joined(separator: ",")),
                ("longitude", places.map(\.longitude.degrees).joined(separator: ",")),
                isDaily ? ("daily", daily) : ("hourly", hourly), ("timezone", "GMT"),
            ] + more)
        var request = PullRequest(url, question: url)
        request.limit = 8 << 20
        return request
    }

    /// The records of an answer: one object for one place, a list for several.
    static func read(_ answer: PulledAnswer, _ pull: Pull, _ kind: WeatherRecord.Kind, isDaily: Bool) throws(PullFault) -> PullPage {
        let json = try answer.json()
        if json["error"]?.bool == true {
            throw PullFault(.rejected, "Open-Meteo refuses the question: \(json["reason"]?.string?.prefix(300) ?? "it says no reason")")
        }
        let places = places(pull.config)
        let answers = json.array ?? [json]
        guard answers.count == places.count else {
            throw PullFault(.wrongShape, "The answer has \(answers.count) places; \(places.count) were asked for.")
        }
        var page = PullPage(.weather([]), read: 0)
        var records: [WeatherRecord] = []
        for (place, answer) in zip(places, answers) { try read(answer, place, kind, isDaily: isDaily, &records, &page) }
        page.records = .weather(records)
        return page
    }

    /// What one column is called by the hour and by the day; nil: there is none.
    private static let columns: [(hourly: String, daily: String?)] = [
        ("temperature_2m", "temperature_2m_mean"), ("relative_humidity_2m", nil), ("precipitation", "precipitation_sum"),
        ("wind_speed_10m", "wind_speed_10m_max"), ("weather_code", "weather_code"),
    ]

    private static func read(
        _ answer: JSONValue, _ place: Place, _ kind: WeatherRecord.Kind, isDaily: Bool, _ records: inout [WeatherRecord], _ page: inout PullPage
    ) throws(PullFault) {
        guard let table = answer[isDaily ? "daily" : "hourly"], let times = table["time"]?.array else {
            throw PullFault(.wrongShape, "The answer has no \(isDaily ? "daily" : "hourly") values of \(place.name).")
        }
        let names = columns.map { isDaily ? $0.daily : $0.hourly }
        let values = names.map { name in name.flatMap { table[$0]?.array } }
        guard values.contains(where: { $0 != nil }) else {
            throw PullFault(.wrongShape, "The answer has times and no weather of \(place.name).")
        }
        let missing = zip(names, values).compactMap { $1 == nil ? $0 : nil }
        if !missing.isEmpty { page.warning = "The answer has no \(missing.joined(separator: ", ")) of \(place.name)." }
        for (index, text) in times.enumerated() {
            page.read += 1
            // `2026-01-31T12:00` and `2026-01-31`, in UTC as was asked for.
            guard let text = text.string, let time = Timestamp(text.utf8.count == 10 ? "\(text)T00:00:00Z" : "\(text):00Z") else {
                page.refuse(page.read, "of \(place.name) has no time")
                continue
            }
            let found = values.map { $0.flatMap { index < $0.count ? $0[index] : nil } }
            // What is not known yet comes as nulls; what is something else was meant to be a number.
            if let wrong = found.firstIndex(where: { $0.map { !$0.isNull && $0.number == nil } ?? false }) {
                page.refuse(page.read, "of \(place.name) at \(text) has no number as \(names[wrong] ?? "")")
            }
            let numbers = found.map { $0?.number }
            let record = WeatherRecord(
                location: place.name, kind: kind, time: time, latitude: place.latitude, longitude: place.longitude, temperature: numbers[0],
                humidity: numbers[1], precipitation: numbers[2], windSpeed: numbers[3], weatherCode: numbers[4].flatMap { Int(exactly: $0) })
            if record.temperature == nil, record.precipitation == nil, record.windSpeed == nil, record.weatherCode == nil { continue }
            records.append(record)
        }
    }
}

/// The weather of the next days, and of the last two: Open-Meteo forecast API.
public struct OpenMeteoForecast: Connector {
    public init() {}

    public var description: ConnectorDescription {
        ConnectorDescription(
            name: "open_meteo", title: "Weather forecast (Open-Meteo)", summary: "The weather of the next days hour by hour, for up to 50 places",
            lands: .weather,
            config: [OpenMeteo.places, .optional("days", .integer, "how many days", otherwise: 7, range: 1...16)],
            interval: 6 * 3600, timer: .weather, minimumInterval: 3600, lifetime: 6 * 3600, quota: .init(calls: 10_000, seconds: 86_400))
    }

    public func check(_ config: ConnectorSettings, _ credentials: ConnectorSettings, _ issues: inout [AppError.Issue]) {
        OpenMeteo.check(config, &issues)
    }

    public func requests(_ pull: Pull) -> [PullRequest] {
        let base = pull.base("open_meteo", "https://api.open-meteo.com")
        return [
            OpenMeteo.request(
                base, "/v1/forecast", pull, isDaily: false, [("past_days", "2"), ("forecast_days", String(pull.config.integer("days") ?? 7))])
        ]
    }

    public func read(_ answer: PulledAnswer, to request: PullRequest, _ pull: Pull) throws(PullFault) -> PullPage {
        try OpenMeteo.read(answer, pull, .forecast, isDaily: false)
    }
}

/// The weather as it was, from 1940 on, a year at a time: Open-Meteo archive API.
public struct OpenMeteoArchive: Connector {
    public init() {}

    public var description: ConnectorDescription {
        ConnectorDescription(
            name: "open_meteo_archive", title: "Past weather (Open-Meteo)", summary: "The weather as it was, day by day or hour by hour",
            lands: .weather,
            config: [
                OpenMeteo.places,
                .required("from", .text, "the first day, such as 2020-01-01", range: 10...10),
                .optional("resolution", .text, "what one value is of", otherwise: "day", choices: ["day", "hour"]),
            ],
            interval: 86_400, minimumInterval: 6 * 3600, lifetime: 6 * 3600, quota: .init(calls: 10_000, seconds: 86_400))
    }

    public func check(_ config: ConnectorSettings, _ credentials: ConnectorSettings, _ issues: inout [AppError.Issue]) {
        OpenMeteo.check(config, &issues)
        let day = config.text("from").flatMap(Self.day)
        issues.require(day.map { $0.year >= 1940 } ?? false, "config.from", "expected a day from 1940-01-01 on")
    }

    public func requests(_ pull: Pull) -> [PullRequest] {
        let asked = pull.config.text("from").flatMap(Self.day) ?? CalendarDate(daysSinceEpoch: 0)
        let done = pull.cursor?["until"]?.string.flatMap(Self.day)
        // The last days come late and are corrected, so they are asked for again.
        let first = max(asked, done.map { CalendarDate(daysSinceEpoch: $0.daysSinceEpoch - 7) } ?? asked)
        return year(from: first, 1, pull).map { [$0] } ?? []
    }

    /// One year at most, up to yesterday.
    private func year(from first: CalendarDate, _ page: Int, _ pull: Pull) -> PullRequest? {
        let yesterday = CalendarDate(daysSinceEpoch: Int(pull.now.seconds / 86_400) - 1)
        guard first <= yesterday else { return nil }
        let isDaily = pull.config.text("resolution") != "hour"
        let last = min(yesterday, CalendarDate(daysSinceEpoch: first.daysSinceEpoch + 365))
        let base = pull.base("open_meteo_archive", "https://archive-api.open-meteo.com")
        var request = OpenMeteo.request(
            base, "/v1/archive", pull, isDaily: isDaily, [("start_date", Self.text(first)), ("end_date", Self.text(last))])
        request.note = ["last": .string(Self.text(last))]
        request.page = page
        return request
    }

    public func read(_ answer: PulledAnswer, to request: PullRequest, _ pull: Pull) throws(PullFault) -> PullPage {
        var page = try OpenMeteo.read(answer, pull, .observed, isDaily: pull.config.text("resolution") != "hour")
        guard let text = request.note["last"]?.string, let last = Self.day(text) else { return page }
        page.cursor = ["until": .string(text)]
        page.next = year(from: CalendarDate(daysSinceEpoch: last.daysSinceEpoch + 1), request.page + 1, pull)
        return page
    }

    static func day(_ text: String) -> CalendarDate? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2, parts[2].utf8.count == 2, let year = Int(parts[0]),
            let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        return CalendarDate(year: year, month: month, day: day)
    }

    static func text(_ day: CalendarDate) -> String { String("\(day.midnight)".prefix(10)) }
}
