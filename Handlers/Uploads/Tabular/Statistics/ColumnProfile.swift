/// What a column holds: its type, how sure that is and why, and its statistics.
///
/// Statistics of order are of the values that could be read: of a percentage the number before the sign, of times of day and durations the seconds,
/// of dates the seconds since 1970 where a number is asked for.
public struct ColumnProfile: Sendable, Hashable, Codable {
    /// The header's text, or `column 3` where there is none.
    public var name: String
    /// The column's place, from 0.
    public var index: Int
    public var type: ColumnType
    /// How sure the type is, 0…1.
    public var confidence: Double
    /// Why.
    public var reasons: [String]
    /// Rows that were looked at.
    public var rows: Int
    /// Fields without a value: empty ones, missing ones, null words.
    public var nulls: Int
    /// Fields that are no value of the type.
    public var invalid: Int
    /// How many different texts the fields hold, null words included.
    public var distinct: Int
    /// Whether that is exact.
    public var isDistinctExact: Bool
    public var min: ProfileValue?
    public var max: ProfileValue?
    /// The sum; of numbers only.
    public var sum: Double?
    public var mean: Double?
    public var median: Double?
    /// Of the sample: divided by count - 1.
    public var standardDeviation: Double?
    public var quantiles: Quantiles?
    /// Whether median, quantiles and histogram are exact; else within about half a percent of the rank.
    public var areQuantilesExact: Bool?
    public var topValues: [ValueCount]
    public var histogram: [HistogramBin]?
    /// The shortest and the longest field, in bytes.
    public var shortest: Int?
    public var longest: Int?

    /// Values below which a share of all lies.
    public struct Quantiles: Sendable, Hashable, Codable {
        public var p01: Double
        public var p05: Double
        public var p25: Double
        public var p50: Double
        public var p75: Double
        public var p95: Double
        public var p99: Double
    }

    /// The type in the words of an inspection: number, date, datetime, time, bool, text, empty.
    public var typeName: String { type.base.rawValue }

    enum CodingKeys: String, CodingKey {
        case name, index, confidence, reasons, rows, nulls, invalid, distinct, min, max, sum, mean, median, quantiles, histogram, shortest, longest
        case type = "type_details"
        case isDistinctExact = "distinct_exact"
        case standardDeviation = "standard_deviation"
        case areQuantilesExact = "quantiles_exact"
        case topValues = "top_values"
    }

    private enum ShownKeys: String, CodingKey {
        case name, index, type, kind, format, confidence, reasons, rows, nulls, invalid, distinct, min, max, sum, mean, median, quantiles, histogram,
            shortest, longest
        case details = "type_details"
        case isDistinctExact = "distinct_exact"
        case standardDeviation = "standard_deviation"
        case areQuantilesExact = "quantiles_exact"
        case topValues = "top_values"
    }

    /// Writes the type's name, kind and format beside its details.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: ShownKeys.self)
        try members.encode(name, forKey: .name)
        try members.encode(index, forKey: .index)
        try members.encode(typeName, forKey: .type)
        try members.encode(type.kind, forKey: .kind)
        try members.encode(type.format, forKey: .format)
        try members.encode(type, forKey: .details)
        try members.encode(confidence, forKey: .confidence)
        try members.encode(reasons, forKey: .reasons)
        try members.encode(rows, forKey: .rows)
        try members.encode(nulls, forKey: .nulls)
        try members.encode(invalid, forKey: .invalid)
        try members.encode(distinct, forKey: .distinct)
        try members.encode(isDistinctExact, forKey: .isDistinctExact)
        try members.encodeIfPresent(min, forKey: .min)
        try members.encodeIfPresent(max, forKey: .max)
        try members.encodeIfPresent(sum, forKey: .sum)
        try members.encodeIfPresent(mean, forKey: .mean)
        try members.encodeIfPresent(median, forKey: .median)
        try members.encodeIfPresent(standardDeviation, forKey: .standardDeviation)
        try members.encodeIfPresent(quantiles, forKey: .quantiles)
        try members.encodeIfPresent(areQuantilesExact, forKey: .areQuantilesExact)
        try members.encode(topValues, forKey: .topValues)
        try members.encodeIfPresent(histogram, forKey: .histogram)
        try members.encodeIfPresent(shortest, forKey: .shortest)
        try members.encodeIfPresent(longest, forKey: .longest)
    }
}

extension ColumnProfile {
    init(name: String, index: Int, rows: Int, evidence: ColumnEvidence, decision: TypeDecision, top: Int) {
        self.name = name
        self.index = index
        type = decision.type
        confidence = (decision.confidence * 1000).rounded() / 1000
        reasons = decision.reasons
        self.rows = rows
        nulls = decision.nulls
        invalid = decision.invalid
        distinct = evidence.distinct.count
        isDistinctExact = evidence.distinct.isExact
        topValues = evidence.frequent.top(top, surely: evidence.frequent.isExact ? 1 : 2)
        shortest = evidence.filled > 0 ? evidence.shortest : nil
        longest = evidence.filled > 0 ? evidence.longest : nil
        if let values = decision.values, values.count > 0 { describe(values) }
    }

    private mutating func describe(_ values: Distribution) {
        let moments = values.moments
        let sample = values.quantiles()
        min = ProfileValue(moments.least, type)
        max = ProfileValue(moments.greatest, type)
        if type.base == .number || type.kind == .duration { sum = moments.sum.isFinite ? moments.sum : nil }
        mean = moments.mean
        standardDeviation = moments.standardDeviation
        median = sample.quantile(0.5)
        func at(_ share: Double) -> Double { sample.quantile(share) ?? moments.least }
        quantiles = Quantiles(p01: at(0.01), p05: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95), p99: at(0.99))
        areQuantilesExact = sample.isExact
        histogram = Histogram.bins(moments, sample)
    }
}
