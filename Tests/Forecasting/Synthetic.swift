/// Series made by rule.
enum Synthetic {
    /// Something like noise, 0…modulus − 1, the same in every run.
    static func noise(_ step: Int, _ modulus: Int) -> Double { Double(step * 7919 % modulus) }

    static func place(_ step: Int, _ period: Int) -> Double { Double(step % period) }

    static func series(_ count: Int, _ value: (Int) -> Double) -> [Double] {
        var values: [Double] = []
        for step in 0..<count { values.append(value(step)) }
        return values
    }

    static func isNear(_ left: [Double], _ right: [Double], within bound: Double) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices where abs(left[index] - right[index]) >= bound { return false }
        return true
    }
}
