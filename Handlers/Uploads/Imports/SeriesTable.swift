public import Kernel

/// One KPI of one business, for one combination of dimensions.
public struct Series: Sendable {
    public let business: UUID
    /// The KPI's own name.
    public let metric: String
    public let unit: String?
    /// Names of columns and the texts in them, in the mapping's order.
    public let dimensions: [(name: String, value: String)]

    /// The most characters of a source's name.
    public static let longestName = 200

    /// The source's name: the KPI's, with the dimensions behind it as `sales {region=North, product=Tea}`.
    public var name: String {
        guard !dimensions.isEmpty else { return metric }
        return "\(metric) {\(dimensions.map { "\($0.name)=\($0.value)" }.joined(separator: ", "))}"
    }
}

/// The series that an import has met, numbered from 1 in their order.
public struct SeriesTable: Sendable {
    /// The most series of one import.
    public static let most = 10_000
    public private(set) var series: [Series] = []
    private var numbers: [Key: Int32] = [:]

    /// What a source is known by.
    private struct Key: Hashable {
        let business: UUID
        let name: String
    }

    public init() {}

    /// The number of a series; a new one where it was not met. Throws `UNPROCESSABLE_FILE` above the most, and where a name is too long.
    public mutating func number(_ one: Series) throws(AppError) -> Int32 {
        let key = Key(business: one.business, name: one.name)
        if let known = numbers[key] { return known }
        guard series.count < Self.most else {
            throw AppError(
                .unprocessableFile, "The mapping makes more than \(Self.most) series; use fewer dimensions",
                issues: [.init(field: "dimensions", issue: "expected columns with few different texts")])
        }
        guard (1...Series.longestName).contains(key.name.unicodeScalars.count) else {
            throw AppError(
                .unprocessableFile, "A KPI's name with its dimensions is empty or longer than \(Series.longestName) characters",
                issues: [.init(field: "dimensions", issue: "\(key.name.prefix(80))… is too long")])
        }
        series.append(one)
        let number = Int32(series.count)
        numbers[key] = number
        return number
    }
}
