/// What is said of one value of a series.
public struct Verdict: Sendable {
    public enum Kind: String, Sendable, Hashable {
        /// Above what was expected.
        case spike
        /// Below what was expected.
        case dip
        /// Several anomalies on one side in a row: the level is another.
        case levelShift = "level_shift"
        /// No value came.
        case missing
    }

    public enum Severity: String, Sendable, Hashable {
        case low, medium, high
    }

    /// 0 and more; 1 and above is an anomaly, twice as much is twice as far from what was expected.
    public var score: Double
    /// What the value was expected to be.
    public var expected: Double
    /// Below this a value alone is an anomaly; about, since several criteria count.
    public var lower: Double
    /// Above this a value alone is an anomaly; about.
    public var upper: Double
    /// nil: nothing unusual.
    public var kind: Kind?
    /// nil: nothing unusual.
    public var severity: Severity?

    public var isAnomaly: Bool { kind != nil && kind != .missing }

    /// One sentence for who reads an alert, for example `412 is above the expected 120 (80 to 190), 3.1 times the distance that counts`.
    public func explanation(of value: Double) -> String? {
        switch kind {
        case nil: nil
        case .missing: "a value was expected, about \(Self.short(expected)), and none came"
        case .levelShift: "\(Self.short(value)) goes on where the last values were: the level is no longer about \(Self.short(expected))"
        case .spike: "\(Self.short(value)) is above the expected \(Self.short(expected)) \(distance)"
        case .dip: "\(Self.short(value)) is below the expected \(Self.short(expected)) \(distance)"
        }
    }

    private var distance: String { "(\(Self.short(lower)) to \(Self.short(upper))), \(Self.short(score)) times the distance that counts" }

    /// Three digits that matter.
    static func short(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return "0" }
        var unit = 1.0
        while abs(value) / unit >= 1000 { unit *= 10 }
        while abs(value) / unit < 100 { unit /= 10 }
        let rounded = unit >= 1 ? (value / unit).rounded() * unit : (value / unit).rounded() / (1 / unit).rounded()
        return abs(rounded) < 1e15 && rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
