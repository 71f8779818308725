import Testing

@testable import Anomalies

@Suite struct AnomalyDetectorTests {
    static let steps = [60, 300, 3600, 86_400]

    private static func verdicts(_ values: [Double?], step: Int) -> [Verdict] {
        var detector = AnomalyDetector(step: step)
        return values.map { detector.next($0) }
    }

    @Test func aSpikeAndADipAreFoundAndOrdinaryDaysAreNot() throws {
        var days = Noise.days(300)
        days[200] *= 2.5
        days[250] *= 0.2
        let verdicts = Self.verdicts(days, step: 86_400)
        #expect(verdicts[200].kind == .spike)
        #expect(verdicts[250].kind == .dip)
        let others = verdicts.indices.filter { !(200...204).contains($0) && !(250...254).contains($0) && verdicts[$0].isAnomaly }
        #expect(others.count <= 2)
        let sentence = try #require(verdicts[200].explanation(of: days[200]))
        #expect(sentence.contains("is above the expected"))
        #expect(verdicts[199].explanation(of: days[199]) == nil)
    }

    @Test func anHourOutOfItsTimeOfDayIsFound() {
        var hours = Noise.hours(24 * 40)
        hours[800] = 140
        let verdicts = Self.verdicts(hours, step: 3600)
        #expect(verdicts[800].kind == .spike)
        #expect(verdicts.indices.filter { verdicts[$0].isAnomaly && $0 != 800 }.count <= 2)
        #expect(abs(verdicts[799].expected - hours[799]) < 15)
    }

    @Test func anAnomalyOfThePastDoesNotHideTheNext() {
        var hours = Noise.hours(24 * 60)
        let at = Array(stride(from: 400, to: 1400, by: 50))
        for hour in at { hours[hour] = 300 }
        let verdicts = Self.verdicts(hours, step: 3600)
        #expect(at.allSatisfy { verdicts[$0].isAnomaly })
    }

    @Test func aLevelThatStaysIsToldAsAShiftAndThenLearned() {
        var hours = Noise.hours(24 * 120)
        for hour in 1000..<hours.count { hours[hour] += 300 }
        let verdicts = Self.verdicts(hours, step: 3600)
        #expect(verdicts[1000].kind == .spike)
        #expect(verdicts[1003].kind == .levelShift)
        #expect(!verdicts[hours.count - 1].isAnomaly)
    }

    @Test func whatLastsIsToldOnceWhereValuesComeEveryFewMinutes() {
        var noise = Noise(5)
        var values = (0..<4000).map { _ in 50 + noise.normal() }
        for at in 3000..<3100 { values[at] = 200 }
        let verdicts = Self.verdicts(values, step: 300)
        #expect(verdicts[3000..<3012].contains { $0.isAnomaly }, "within the hour")
        #expect(verdicts[3000..<3390].filter(\.isAnomaly).count <= 2)
        #expect(verdicts[..<3000].filter(\.isAnomaly).count <= 4)
    }

    @Test(arguments: steps) func onlyThePastCounts(step: Int) {
        let values = step == 86_400 ? Noise.days(400) : Noise.hours(400)
        let all = Self.verdicts(values, step: step)
        let part = Self.verdicts(Array(values.prefix(250)), step: step)
        #expect(zip(part, all).allSatisfy { $0.score == $1.score && $0.expected == $1.expected })
    }

    @Test(arguments: steps) func aFlatSeriesHasNoAnomalyAndAChangeOfItIsOne(step: Int) {
        for level in [0.0, 7, -3, 1e-9, 1e12] {
            var values = [Double](repeating: level, count: 300)
            #expect(Self.verdicts(values, step: step).allSatisfy { !$0.isAnomaly && $0.score == 0 })
            values += [Double](repeating: level, count: 600)
            values[800] = level + 12 * max(1, abs(level))
            #expect(Self.verdicts(values, step: step)[800..<812].contains { $0.isAnomaly })
        }
    }

    @Test(arguments: steps) func whateverComesNoNumberIsLost(step: Int) {
        let series: [[Double?]] = [
            [], [1], [1, 2], [nil, nil, nil], Array(repeating: nil, count: 100), (0..<200).map { $0 % 3 == 0 ? nil : Double($0) },
            (0..<200).map { Double($0 % 2) * 1e99 }, (0..<200).map { Double($0 % 5) * 1e-300 }, (0..<200).map { -Double($0) },
            (0..<200).map { $0 == 150 ? .nan : $0 == 160 ? .infinity : $0 == 170 ? 1e308 : 5 }, (0..<200).map { $0 < 100 ? 0 : 1e6 },
        ]
        for values in series {
            for (value, verdict) in zip(values, Self.verdicts(values, step: step)) {
                #expect(verdict.score.isFinite && verdict.score >= 0)
                #expect(verdict.expected.isFinite && verdict.lower.isFinite && verdict.upper.isFinite)
                #expect(verdict.lower <= verdict.upper)
                #expect(verdict.explanation(of: value ?? 0) != nil || verdict.kind == nil)
            }
        }
    }

    @Test func aMissingValueIsToldAndChangesNothing() {
        let days: [Double?] = Noise.days(200)
        var holed = days
        holed.insert(nil, at: 100)
        let with = Self.verdicts(holed, step: 86_400)
        let without = Self.verdicts(days, step: 86_400)
        #expect(with[100].kind == .missing)
        #expect(!with[100].isAnomaly)
        #expect(zip(with[101...], without[100...]).allSatisfy { $0.score == $1.score })
    }

    @Test func aSmallShopAndALargeOneAreAlike() {
        var days = Noise.days(300)
        days[200] *= 3
        let small = Self.verdicts(days, step: 86_400)
        let large = Self.verdicts(days.map { $0 * 1000 }, step: 86_400)
        #expect(zip(small, large).allSatisfy { abs($0.score - $1.score) < 1e-6 })
        #expect(small[200].isAnomaly)
    }

    @Test func severityGrowsWithTheDistance() {
        var hours = Noise.hours(24 * 40)
        hours[700] = 1e6
        #expect(Self.verdicts(hours, step: 3600)[700].severity == .high)
    }

    @Test(arguments: [(0.0, "0"), (1234.5678, "1230"), (0.012345, "0.0123"), (-45.67, "-45.7"), (3.14159, "3.14"), (99.96, "100"), (1e20, "1e+20")])
    func numbersInSentencesHaveThreeDigits(value: Double, text: String) { #expect(Verdict.short(value) == text) }
}
