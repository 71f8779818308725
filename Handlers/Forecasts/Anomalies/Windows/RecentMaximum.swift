/// Whether a value is above all of the last ones.
struct RecentMaximum: Sendable {
    private let length: Int
    /// Falling values, each with its number: only these can still be the largest.
    private var falling: [(number: Int, value: Double)] = []
    private var number = 0

    init(length: Int) { self.length = length }

    mutating func isAbove(_ value: Double) -> Bool {
        while let first = falling.first, first.number < number - length { falling.removeFirst() }
        let result = value > (falling.first?.value ?? 0)
        while let last = falling.last, last.value <= value { falling.removeLast() }
        falling.append((number, value))
        number += 1
        return result
    }
}
