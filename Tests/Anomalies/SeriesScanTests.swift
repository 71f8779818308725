import Testing

@testable import Anomalies

@Suite struct SeriesScanTests {
    private static let hour: Int64 = 3_600_000_000
    private static let day: Int64 = 24 * hour

    @Test func aSpikeIsFoundAtItsTime() throws {
        var days = Noise.days(300)
        days[200] *= 3
        let scan = SeriesScan(times: days.indices.map { Int64($0) * Self.day }, values: days)
        #expect(scan.step == 86_400)
        let spike = try #require(scan.findings.first { $0.time == 200 * Self.day })
        #expect(spike.value == days[200] && spike.verdict.kind == .spike)
        let quiet = SeriesScan(times: days.indices.map { Int64($0) * Self.day }, values: days, quiet: 201)
        #expect(quiet.findings.allSatisfy { $0.time > 200 * Self.day })
    }

    @Test func aDayWithoutAValueIsToldOnceAndAWeekendIsNot() {
        let all = Noise.days(400)
        // Mondays to Fridays, and two weeks of holidays.
        let known = all.indices.filter { $0 % 7 < 5 && !(210..<224).contains($0) }
        let scan = SeriesScan(times: known.map { Int64($0) * Self.day }, values: known.map { all[$0] })
        let missing = scan.findings.filter { $0.verdict.kind == .missing }
        #expect(missing.map { $0.time / Self.day } == [208], "behind the last Friday")
        #expect(missing.allSatisfy { $0.value == nil })
    }

    @Test func aGapDoesNotMoveTheSeason() {
        let hours = Noise.hours(24 * 60)
        let known = hours.indices.filter { !(700..<707).contains($0) }
        let scan = SeriesScan(times: known.map { Int64($0) * Self.hour }, values: known.map { hours[$0] })
        #expect(scan.findings.filter { $0.verdict.kind == .missing }.map { $0.time / Self.hour } == [700])
        // Seven hours off, each hour would be far from its time of day.
        #expect(scan.findings.count { $0.verdict.isAnomaly } <= 3)
    }

    @Test func whatIsNoSeriesIsNone() {
        #expect(SeriesScan(times: [], values: []).findings.isEmpty)
        #expect(SeriesScan(times: [5], values: [1]).findings.isEmpty)
        #expect(SeriesScan(times: [0, 1], values: [1, 2]).step == 1)
        let far = SeriesScan(times: (0..<50).map { Int64($0) * Self.day } + [9_000 * 365 * Self.day], values: Noise.days(51))
        #expect(far.findings.count { $0.verdict.kind == .missing } == 1)
    }
}
