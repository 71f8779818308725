/// A regular series without gaps, as the models read it.
public struct Series: Sendable {
    /// One value a step, the oldest first; all finite.
    public var values: [Double]
    /// Lengths of the seasons in steps, the shortest first: 24 and 168 for hours. Whole numbers are meant unless a season is long (365.25).
    public var periods: [Double]
    /// Days since 1970-01-01 of the first value; nil where a step is not a day or its date is not known.
    public var firstDay: Int?

    /// A series; seasons of a single step are left out.
    public init(values: [Double], periods: [Double], firstDay: Int? = nil) {
        self.values = values
        self.periods = periods.filter { $0 > 1 }.sorted()
        self.firstDay = firstDay
    }

    /// How many values there are.
    public var count: Int { values.count }

    /// The main season; 1 where there is none.
    var period: Int { periods.first.map { Int($0.rounded()) } ?? 1 }

    /// The last values, about that many at most, from the first place of a season on: enough to find a model's constants by.
    func recent(_ most: Int = 420) -> Series {
        guard count > most else { return self }
        var part = self
        part.values = Array(values.dropFirst((count - most) / period * period))
        return part
    }

    /// The first values, as somebody knew them at that time.
    func prefix(_ count: Int) -> Series {
        var part = self
        part.values = Array(values.prefix(count))
        return part
    }
}
