import Glibc

/// Least squares with a penalty on each coefficient: (XᵀWX + diag(λ)) β = XᵀWy, solved by Cholesky's factorization.
///
/// Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning", 2nd ed., section 3.4.1.
struct NormalEquations {
    let size: Int
    private var matrix: [Double]
    private var right: [Double]

    init(size: Int) {
        self.size = size
        matrix = Array(repeating: 0, count: size * size)
        right = Array(repeating: 0, count: size)
    }

    /// Adds one observation. Only the lower half of the matrix is kept.
    mutating func add(_ row: borrowing [Double], _ value: Double, weight: Double = 1) {
        for i in 0..<size {
            let scaled = row[i] * weight
            if scaled == 0 { continue }
            right[i] += scaled * value
            let base = i * size
            for j in 0...i { matrix[base + j] += scaled * row[j] }
        }
    }

    /// The coefficients; nil where the matrix is not positive definite.
    func solve(penalties: [Double]) -> [Double]? {
        var factor = matrix
        for i in 0..<size {
            factor[i * size + i] += penalties[i]
            for j in 0...i {
                var sum = factor[i * size + j]
                for k in 0..<j { sum -= factor[i * size + k] * factor[j * size + k] }
                if i == j {
                    guard sum > 0, sum.isFinite else { return nil }
                    factor[i * size + i] = sum.squareRoot()
                } else {
                    factor[i * size + j] = sum / factor[j * size + j]
                }
            }
        }
        var solution = right
        for i in 0..<size {
            for k in 0..<i { solution[i] -= factor[i * size + k] * solution[k] }
            solution[i] /= factor[i * size + i]
        }
        for i in stride(from: size - 1, through: 0, by: -1) {
            for k in i + 1..<max(size, i + 1) { solution[i] -= factor[k * size + i] * solution[k] }
            solution[i] /= factor[i * size + i]
        }
        return solution.allSatisfy(\.isFinite) ? solution : nil
    }
}
