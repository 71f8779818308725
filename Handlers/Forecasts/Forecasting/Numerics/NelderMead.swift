/// Minimizes a function of a few variables without derivatives.
///
/// Nelder and Mead, "A simplex method for function minimization", Computer Journal 7 (1965), with the usual coefficients 1, 2, ½, ½.
/// A function says "not here" with infinity. Deterministic.
struct NelderMead {
    /// Calls of the function at most.
    var evaluations = 200
    /// Stops where the simplex's values differ relatively by less.
    var tolerance = 1e-5

    func minimize(from start: [Double], steps: [Double], _ function: (borrowing [Double]) -> Double) -> (point: [Double], value: Double) {
        let size = start.count
        guard size > 0 else { return (start, function(start)) }
        var points = [start]
        for axis in 0..<size {
            var corner = start
            corner[axis] += steps[axis]
            points.append(corner)
        }
        var values = points.map { function($0) }
        var calls = size + 1
        var centre = start
        var trial = start
        var second = start
        while calls < evaluations {
            Self.order(&points, &values)
            let best = values[0]
            let worst = values[size]
            if worst.isFinite, abs(worst - best) <= tolerance * (abs(best) + 1e-12) { break }
            for axis in 0..<size {
                var sum = 0.0
                for corner in 0..<size { sum += points[corner][axis] }
                centre[axis] = sum / Double(size)
            }
            for axis in 0..<size { trial[axis] = 2 * centre[axis] - points[size][axis] }
            let reflected = function(trial)
            calls += 1
            if reflected < best {
                for axis in 0..<size { second[axis] = 3 * centre[axis] - 2 * points[size][axis] }
                let expanded = function(second)
                calls += 1
                if expanded < reflected {
                    swap(&points[size], &second)
                    values[size] = expanded
                } else {
                    swap(&points[size], &trial)
                    values[size] = reflected
                }
            } else if reflected < values[size - 1] {
                swap(&points[size], &trial)
                values[size] = reflected
            } else {
                let outside = reflected < worst
                for axis in 0..<size {
                    let from = outside ? trial[axis] : points[size][axis]
                    second[axis] = 0.5 * (centre[axis] + from)
                }
                let contracted = function(second)
                calls += 1
                if contracted < min(reflected, worst) {
                    swap(&points[size], &second)
                    values[size] = contracted
                } else {
                    for corner in 1...size {
                        for axis in 0..<size { points[corner][axis] = 0.5 * (points[corner][axis] + points[0][axis]) }
                        values[corner] = function(points[corner])
                    }
                    calls += size
                }
            }
        }
        Self.order(&points, &values)
        return (points[0], values[0])
    }

    /// Insertion sort: the simplex is nearly in order, and has few corners.
    private static func order(_ points: inout [[Double]], _ values: inout [Double]) {
        for index in 1..<values.count {
            var place = index
            while place > 0, values[place] < values[place - 1] {
                values.swapAt(place, place - 1)
                points.swapAt(place, place - 1)
                place -= 1
            }
        }
    }
}
