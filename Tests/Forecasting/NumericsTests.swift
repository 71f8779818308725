import Testing

@testable import Forecasting

@Suite struct NumericsTests {
    @Test("the simplex search finds the bottom of Rosenbrock's valley")
    func rosenbrock() {
        let found = NelderMead(evaluations: 400, tolerance: 1e-12).minimize(from: [-1.2, 1], steps: [0.5, 0.5]) { point in
            let (x, y) = (point[0], point[1])
            return 100 * (y - x * x) * (y - x * x) + (1 - x) * (1 - x)
        }
        #expect(abs(found.point[0] - 1) < 1e-3)
        #expect(abs(found.point[1] - 1) < 1e-3)
    }

    @Test("the simplex search stays where the function allows it")
    func bounded() {
        let found = NelderMead(evaluations: 300, tolerance: 1e-12).minimize(from: [0.5], steps: [0.2]) { $0[0] < 0.1 ? .infinity : $0[0] }
        #expect(found.point[0] >= 0.1)
        #expect(found.point[0] < 0.11)
    }

    @Test("least squares finds the plane that the values lie on, and a penalty pulls it to zero")
    func plane() throws {
        var equations = NormalEquations(size: 3)
        for index in 0..<20 {
            let row = [1, Double(index), Double(index * index % 7)]
            equations.add(row, 3 - 2 * row[1] + 0.5 * row[2])
        }
        let exact = try #require(equations.solve(penalties: [0, 0, 0]))
        #expect(Synthetic.isNear(exact, [3, -2, 0.5], within: 1e-9))
        let held = try #require(equations.solve(penalties: [0, 0, 1e9]))
        #expect(abs(held[2]) < 1e-3)
    }

    @Test("columns that say the same have no solution without a penalty")
    func singular() {
        var equations = NormalEquations(size: 2)
        for index in 1...5 { equations.add([Double(index), Double(index)], 1) }
        #expect(equations.solve(penalties: [0, 0]) == nil)
        #expect(equations.solve(penalties: [0.1, 0.1]) != nil)
    }

    @Test("median, quantiles and spread as by hand")
    func spread() {
        #expect(Spread.median([5, 1, 3]) == 3)
        #expect(Spread.quantile([0, 10], 0.8) == 8)
        #expect(Spread.quantile([], 0.8) == 0)
        #expect(abs(Spread.deviation([1, 2, 3, 4, 100]) - 1.4826) < 1e-12)
    }

    @Test("a wave of twelve steps is a season, its half period is not the same place again")
    func seasonal() {
        let values = Synthetic.series(60) { [3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8][$0 % 12] + 0.01 * Double($0) }
        #expect(Autocorrelation.isSeasonal(values, period: 12))
        #expect(SeasonStrength.of(values, period: 12) > 100)
        #expect(!Autocorrelation.isSeasonal(Array(values.prefix(35)), period: 12))
    }
}
