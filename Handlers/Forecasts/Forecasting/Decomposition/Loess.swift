/// Local regression with tricube weights.
///
/// Cleveland, "Robust locally weighted regression and smoothing scatterplots", JASA 74 (1979); the form is the one that Cleveland et al. 1990 use.
enum Loess {
    /// Smooths evenly spaced values by lines through the nearest `window` of them, at each `jump`-th place and by straight lines between.
    /// - Parameter weights: of the values besides their distance; all alike where it is empty.
    static func smooth(_ values: [Double], window: Int, jump: Int = 1, weights: [Double] = []) -> [Double] {
        let count = values.count
        guard count > 1 else { return values }
        var smooth = [Double](repeating: 0, count: count)
        let step = max(1, min(jump, count - 1))
        var last = 0
        smooth[0] = value(values, at: 0, window: window, weights: weights)
        while last < count - 1 {
            let next = min(last + step, count - 1)
            smooth[next] = value(values, at: Double(next), window: window, weights: weights)
            for index in last + 1..<max(next, last + 1) {
                smooth[index] = smooth[last] + (smooth[next] - smooth[last]) * Double(index - last) / Double(next - last)
            }
            last = next
        }
        return smooth
    }

    /// The local line's height at a place, which may lie outside of the values.
    static func value(_ values: [Double], at place: Double, window: Int, weights: [Double] = []) -> Double {
        let count = values.count
        let size = min(window, count)
        var left = Int(place.rounded()) - size / 2
        left = max(0, min(left, count - size))
        var reach = max(place - Double(left), Double(left + size - 1) - place)
        if window > count { reach += Double((window - count) / 2) }
        reach = max(reach, 1)
        var (total, first, second, height, cross) = (0.0, 0.0, 0.0, 0.0, 0.0)
        values.withUnsafeBufferPointer { values in
            for index in left..<left + size {
                let distance = abs(Double(index) - place) / reach
                guard distance < 0.999 else { continue }
                let cube = 1 - distance * distance * distance
                var weight = cube * cube * cube
                if !weights.isEmpty { weight *= weights[index] }
                let offset = Double(index) - place
                total += weight
                first += weight * offset
                second += weight * offset * offset
                height += weight * values[index]
                cross += weight * offset * values[index]
            }
        }
        guard total > 0 else { return values[max(0, min(count - 1, Int(place.rounded())))] }
        let determinant = total * second - first * first
        guard determinant > 1e-9 * total * second, size > 2 else { return height / total }
        return (second * height - first * cross) / determinant
    }
}
