/// Count, sum, mean, variance, least and greatest of numbers, in one pass. Mergeable.
public struct Moments: Sendable, Hashable {
    /// How many numbers there were.
    public private(set) var count = 0
    /// The least; infinite where there was none.
    public private(set) var least = Double.infinity
    /// The greatest; minus infinity where there was none.
    public private(set) var greatest = -Double.infinity
    private var mean_ = 0.0
    /// Sum of the squared distances from the mean.
    private var squares = 0.0
    private var total = 0.0
    private var lost = 0.0

    /// No numbers.
    public init() {}

    /// Adds a finite number. Mean and squares after Welford (1962), "Note on a method for calculating corrected sums of squares and products"; the sum
    /// after Neumaier (1974), "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen".
    @inline(__always)
    public mutating func add(_ value: Double) {
        count += 1
        if value < least { least = value }
        if value > greatest { greatest = value }
        let distance = value - mean_
        mean_ += distance / Double(count)
        squares += distance * (value - mean_)
        addToSum(value)
    }

    @inline(__always)
    private mutating func addToSum(_ value: Double) {
        let next = total + value
        lost += total.magnitude >= value.magnitude ? (total - next) + value : (value - next) + total
        total = next
    }

    /// The sum of all; infinite where it leaves the range.
    public var sum: Double { total.isFinite ? total + lost : total }
    /// The arithmetic mean; nil where there was no number.
    public var mean: Double? { count > 0 ? finite(sum / Double(count)) : nil }
    /// The standard deviation of the sample, divided by count - 1; nil below two numbers, and where its square leaves the range.
    public var standardDeviation: Double? { count > 1 ? finite((squares / Double(count - 1)).squareRoot()) : nil }

    private func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }

    /// Adds what another one has seen. Chan, Golub, LeVeque (1979), "Updating formulae and a pairwise algorithm for computing sample variances".
    public mutating func merge(_ other: Moments) {
        guard other.count > 0 else { return }
        guard count > 0 else {
            self = other
            return
        }
        let distance = other.mean_ - mean_
        let all = Double(count + other.count)
        squares += other.squares + distance * distance * Double(count) * Double(other.count) / all
        mean_ += distance * Double(other.count) / all
        count += other.count
        least = min(least, other.least)
        greatest = max(greatest, other.greatest)
        addToSum(other.total)
        lost += other.lost
    }
}
