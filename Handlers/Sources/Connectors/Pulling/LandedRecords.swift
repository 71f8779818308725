public import Articles
public import Kernel

/// What a page brings, by the table where it lands.
public enum LandedRecords: Sendable {
    case news([Article])
    case weather([WeatherRecord])
    case market([MarketRecord])
    case places([PlaceRecord])
    case values(ValueBatch)

    public var count: Int {
        switch self {
        case .news(let records): records.count
        case .weather(let records): records.count
        case .market(let records): records.count
        case .places(let records): records.count
        case .values(let batch): batch.values.count
        }
    }
}

/// The weather of a place at an hour, or over a day.
public struct WeatherRecord: Sendable, Hashable {
    public enum Kind: String, Sendable { case forecast, observed }

    public var location: String
    public var kind: Kind
    public var time: Timestamp
    public var latitude: Double
    public var longitude: Double
    /// °C, %, mm, km/h.
    public var temperature: Double?
    public var humidity: Double?
    public var precipitation: Double?
    public var windSpeed: Double?
    /// WMO 4677.
    public var weatherCode: Int?

    /// The code in words.
    public var conditions: String? { weatherCode.flatMap { WeatherCode.words[$0] } }
}

/// A price or a rate at a time.
public struct MarketRecord: Sendable, Hashable {
    /// For example `EUR/USD`.
    public var symbol: String
    public var time: Timestamp
    public var value: Double
}

/// A place of a gazetteer.
public struct PlaceRecord: Sendable, Hashable {
    public var id: Int64
    /// What was searched for.
    public var query: String
    public var name: String
    public var country: String?
    public var region: String?
    public var latitude: Double
    public var longitude: Double
    public var population: Int64?
}

/// Values of KPIs, side by side; at most one of each series and time.
public struct ValueBatch: Sendable {
    public struct Series: Sendable, Hashable {
        public var name: String
        public var unit: String?

        /// Of names that somebody else has given: without controls.
        public init(name: String, unit: String? = nil) {
            self.name = CleanedText.line(name, limit: 200)
            self.unit = unit.map { CleanedText.line($0, limit: 50) }.flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    public private(set) var series: [Series] = []
    /// Of each value its series, from 1.
    public private(set) var places: [Int32] = []
    /// Microseconds since 1970-01-01T00:00:00Z.
    public private(set) var times: [Int64] = []
    public private(set) var values: [Double] = []
    private var numbers: [String: Int32] = [:]
    private var seen: [Key: Int] = [:]

    private struct Key: Hashable {
        let place: Int32
        let time: Int64
    }

    /// The most series of one source.
    public static let mostSeries = 1000
    /// The most values of one answer: so many are stored in seconds, and fit into memory beside others.
    public static let mostValues = 500_000
    /// Whether values were left out because there are more than these.
    public private(set) var isCut = false
    /// What their owner is told then.
    static let cutWarning = "There are more than \(mostValues) values; the rest was left out. Ask for less, for example a shorter period."

    public init() {}

    /// Adds a value; of several for one series and time the last holds. False where there are too many series already. Beyond the most values nothing is
    /// added.
    public mutating func add(_ one: Series, _ time: Timestamp, _ value: Double) -> Bool {
        let place: Int32
        if let known = numbers[one.name] {
            place = known
        } else {
            guard series.count < Self.mostSeries else { return false }
            series.append(one)
            place = Int32(series.count)
            numbers[one.name] = place
        }
        let key = Key(place: place, time: time.microseconds)
        if let index = seen[key] {
            values[index] = value
        } else if values.count == Self.mostValues {
            isCut = true
        } else {
            seen[key] = values.count
            places.append(place)
            times.append(time.microseconds)
            values.append(value)
        }
        return true
    }
}
