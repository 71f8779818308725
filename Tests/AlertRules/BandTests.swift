import AlertRules
import Kernel
import MetricSeries
import Testing

@testable import AlertRules

/// Rules that expect something of the newest value.
@Suite struct BandTests {
    /// Days that repeat each week, with a little that does not repeat.
    private static func days(_ count: Int, last: Double? = nil) -> [Double] {
        var values = (0..<count).map { day -> Double in
            let noise = Double((day * 7919) % 11) - 5
            return 200 + 20 * Double(day % 7) + noise
        }
        if let last { values[count - 1] = last }
        return values
    }

    private static let metric = "sales"

    @Test("a value beyond its forecast's band breaches, on the side that counts, and the words name the band") func breach() {
        func verdict(_ last: Double, _ direction: Direction? = nil) -> Verdict {
            Condition.forecast(ForecastBreach(metric: Self.metric, direction: direction)).verdict(
                at: Series.time(55.5), Series.history(Self.days(56, last: last)))
        }
        let usual = verdict(200 + 20 * Double(55 % 7))
        #expect(usual.truth == .clear && usual.summary.contains("within what was expected"), "\(usual.summary)")
        #expect(verdict(600).truth == .breached && verdict(600).summary.contains("above what was expected"))
        #expect(verdict(10).truth == .breached && verdict(10, .above).truth == .clear)
        #expect(verdict(600, .below).truth == .clear && verdict(10, .below).truth == .breached)
    }

    @Test("the band of four values of five is the narrower one") func confidence() throws {
        var memory = RuleMemory()
        let newest = memory.bands.newest(of: Self.metric, at: Series.time(56), Series.history(Self.days(56)))
        let band = try #require(newest?.band)
        #expect(band.lower95 < band.lower80 && band.lower80 < band.upper80 && band.upper80 < band.upper95)
        let between = band.upper80 / 2 + band.upper95 / 2
        func truth(_ confidence: Double) -> Verdict.Truth {
            Condition.forecast(ForecastBreach(metric: Self.metric, confidence: confidence)).truth(56, Series.history(Self.days(56, last: between)))
        }
        #expect(truth(0.8) == .breached && truth(0.95) == .clear)
    }

    @Test("bands hold about as many usual values as they say") func coverage() throws {
        var random = Mix(state: 7)
        var (within80, within95, count) = (0, 0, 0)
        for _ in 0..<60 {
            // A level with a week on it and noise that is nearly normal.
            let values = (0..<70).map { day -> Double in
                let noise = (0..<6).reduce(0.0) { sum, _ in sum + Double.random(in: -5...5, using: &random) }
                return 200 + 20 * Double(day % 7) + noise
            }
            var memory = RuleMemory()
            let found = memory.bands.newest(of: Self.metric, at: Series.time(69), Series.history(values))
            let newest = try #require(found)
            let band = try #require(newest.band)
            count += 1
            if (band.lower80...band.upper80).contains(newest.value) { within80 += 1 }
            if (band.lower95...band.upper95).contains(newest.value) { within95 += 1 }
        }
        // Of 60: 48 and 57, within two standard errors of a share.
        #expect((41...55).contains(within80) && within95 >= 53, "\(within80), \(within95) of \(count)")
    }

    @Test("a forecast is made once for a value, of the values before it alone") func once() throws {
        let rule = Condition.forecast(ForecastBreach(metric: Self.metric))
        var memory = RuleMemory()
        _ = rule.verdict(at: Series.time(55), Series.history(Self.days(56)), isFiring: false, &memory)
        let kept = memory.bands.bands
        #expect(memory.bands.made == 1 && kept.map(\.step) == [Series.time(55)])
        // Kept over a restart, asked again, with another newest value: the same band.
        var later = RuleMemory(bands: try JSON.decode(ForecastBands.self, from: JSON.read(JSON.encode(memory.bands))))
        let verdict = rule.verdict(at: Series.time(55.9), Series.history(Self.days(56, last: 900)), isFiring: false, &later)
        #expect(verdict.truth == .breached && later.bands.made == 0 && later.bands.bands == kept)
        // Another day has another one.
        _ = rule.verdict(at: Series.time(56), Series.history(Self.days(57)), isFiring: false, &later)
        #expect(later.bands.made == 1 && later.bands.bands.map(\.step) == [Series.time(56)])
    }

    @Test("too few values, none, and one that is three steps old are not known") func unknown() {
        let rule = Condition.forecast(ForecastBreach(metric: Self.metric))
        #expect(rule.truth(17, Series.history(Self.days(18))) == .unknown)
        #expect(rule.truth(18, Series.history(Self.days(19))) == .clear)
        #expect(rule.truth(58, Series.history(Self.days(56))) == .clear)
        #expect(rule.truth(58.1, Series.history(Self.days(56))) == .unknown)
        #expect(rule.truth(5, History([:])) == .unknown)
        let anomaly = Condition.anomaly(Anomaly(metric: Self.metric))
        #expect(anomaly.truth(29, Series.history(Self.days(30))) == .unknown)
        #expect(anomaly.truth(30, Series.history(Self.days(31))) == .clear)
        #expect(anomaly.truth(34.1, Series.history(Self.days(31))) == .unknown)
        #expect(anomaly.truth(5, History([:])) == .unknown)
    }

    @Test("an unusual value breaches by sensitivity and side, in the detector's words") func anomaly() {
        func verdict(_ last: Double, _ sensitivity: Anomaly.Sensitivity? = nil, _ direction: Direction? = nil) -> Verdict {
            Condition.anomaly(Anomaly(metric: Self.metric, direction: direction, sensitivity: sensitivity)).verdict(
                at: Series.time(99), Series.history(Self.days(100, last: last)))
        }
        #expect(verdict(200 + 20 * Double(99 % 7)).truth == .clear)
        let spike = verdict(20_000, .low)
        #expect(spike.truth == .breached && spike.summary.contains("above the expected"), "\(spike.summary)")
        #expect(verdict(20_000, .low, .below).truth == .clear && verdict(20_000, .low, .above).truth == .breached)
        #expect(verdict(1, .high, .below).truth == .breached)
        // What is enough for one sensitivity is not for another.
        let steps = stride(from: 260.0, to: 3000, by: 20)
        func first(_ sensitivity: Anomaly.Sensitivity) -> Double? { steps.first { verdict($0, sensitivity).truth == .breached } }
        let places = [Anomaly.Sensitivity.high, .medium, .low].compactMap(first)
        #expect(places.count == 3 && places == places.sorted() && Set(places).count == 3, "\(places)")
    }

    @Test("values of every five minutes are judged by the hour: an anomaly counts as long as its hour is the newest") func minutes() {
        let hours = 24 * 10
        let points = (0..<hours * 12).map { index -> Point in
            let hour: Int = index / 12
            let noise = Double((index * 7919) % 13)
            let usual = 100 + 30 * Double(hour % 24) + noise
            return Point(time: Series.start.microseconds + Int64(index) * 300_000_000, value: hour == hours - 1 ? usual * 8 : usual)
        }
        let rule = Condition.anomaly(Anomaly(metric: Self.metric, sensitivity: .high))
        let history = History([Self.metric: points])
        func truth(_ minute: Int) -> Verdict.Truth { rule.verdict(at: Series.start + .seconds(minute * 60), history).truth }
        // The hour's last value stands at its 55th minute.
        #expect(truth((hours - 1) * 60 + 50) == .clear)
        #expect(truth((hours - 1) * 60 + 55) == .breached && truth(hours * 60 + 100) == .breached)
        #expect(truth((hours + 4) * 60) == .unknown)
    }
}
