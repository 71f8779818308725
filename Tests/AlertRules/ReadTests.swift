import AlertRules
import Kernel
import MetricSeries
import NotificationRules
import Testing

/// What evaluations and previews read, against looks at everything there is.
@Suite struct ReadTests {
    /// A metric with a value about each hour, gaps and jumps among them.
    private static let points: [Point] = {
        var random = Mix(state: 7)
        var time = Series.start.microseconds
        return (0..<3000).map { index in
            time += Int64.random(in: 1...120, using: &random) * 60_000_000
            let level = index % 500 > 400 ? 300.0 : 100
            return Point(time: time, value: level + Double.random(in: -20...20, using: &random))
        }
    }()

    private static let leaves: [Condition] = [
        .threshold(Threshold(metric: "sales", .above, 110, clearValue: 90)),
        .threshold(Threshold(metric: "sales", .below, 100, windowSeconds: 3600)),
        .threshold(Threshold(metric: "sales", .above, 105, clearValue: 95, aggregate: .mean, windowSeconds: 86_400)),
        .threshold(Threshold(metric: "sales", .above, 20, aggregate: .count, windowSeconds: 7 * 86_400)),
        .change(Change(metric: "sales", .above, 20, windowSeconds: 5000)),
        .change(Change(metric: "sales", .below, -10, clearValue: -5, unit: .absolute, aggregate: .median, windowSeconds: 2 * 86_400)),
        .noData(NoData(metric: "sales", windowSeconds: 5400)),
        .anomaly(Anomaly(metric: "sales", sensitivity: .high)), .forecast(ForecastBreach(metric: "sales", confidence: 0.8)),
    ]

    /// As the database answers it.
    private static func answer(_ from: Timestamp, _ through: Timestamp, _ most: Int) -> [Point] {
        points.filter { $0.time > from.microseconds && $0.time <= through.microseconds }.suffix(most)
    }

    @Test("what a look reads is enough: all tests together stand as they stand over everything, at any moment") func evaluations() {
        var tests = MetricTests("sales")
        for leaf in Self.leaves + Self.leaves { tests.add(leaf) }
        #expect(tests.tests == Self.leaves)
        var truths: [Set<Verdict.Truth>] = Array(repeating: [], count: Self.leaves.count)
        for hour in stride(from: 1100, to: 1900, by: 37) {
            let slot = Series.start + .seconds(hour * 3600 + 11)
            let whole = History(["sales": Self.answer(Series.time(-1), slot, .max)])
            let reads = tests.reads(at: slot)
            let points = Dictionary(uniqueKeysWithValues: reads.map { ($0, Self.answer($0.from, $0.through, $0.most)) })
            var memory = RuleMemory()
            let verdicts = tests.verdicts(at: slot, points, &memory)
            for (index, leaf) in Self.leaves.enumerated() {
                #expect(verdicts[leaf]?.calm == leaf.verdict(at: slot, whole), "\(leaf) at \(slot)")
                #expect(verdicts[leaf]?.firing == leaf.verdict(at: slot, whole, isFiring: true), "\(leaf) at \(slot)")
                if let truth = verdicts[leaf]?.calm.truth { truths[index].insert(truth) }
            }
        }
        // The moments are such that most tests hold at some and not at others.
        #expect(truths.count { $0.contains(.breached) && $0.contains(.clear) } >= 6, "\(truths)")
    }

    @Test("a test of the newest value reads one point, of a change two, and a window is read once for all that look at it") func sizes() {
        func reads(_ leaves: [Condition]) -> [MetricRead] {
            var tests = MetricTests("sales")
            for leaf in leaves { tests.add(leaf) }
            return tests.reads(at: Series.time(100))
        }
        #expect(reads([Self.leaves[0]]).map(\.most) == [1])
        #expect(reads([Self.leaves[4]]).map(\.most) == [1, 1])
        #expect(reads([Self.leaves[6]]).map(\.most) == [1])
        let windows = reads([Self.leaves[2], Self.leaves[3], Self.leaves[5]])
        #expect(windows.map(\.most) == [Condition.windowPoints] && windows.first?.from == Series.time(93))
        // The most that rules can ask of one metric.
        let most = reads(Self.leaves + (1...16).map { .noData(NoData(metric: "sales", windowSeconds: 60 * $0)) })
        #expect(most.reduce(0) { $0 + $1.most } < 141_000)
    }

    @Test("a preview reads the newest point of each step where no more is asked for, and says the same as over everything") func previews() throws {
        var random = Mix(state: 11)
        for round in 0..<24 {
            let step = [900, 3600, 7000, 86_400][round % 4]
            let days = step < 3600 ? 20.0 : 60
            var leaves = Self.leaves.filter {
                if case .forecast = $0 { false } else { true }
            }
            leaves.shuffle(using: &random)
            let condition = Condition.any([.all(Array(leaves.prefix(2))), .not(leaves[2])])
            let (from, to) = (Series.time(40), Series.time(40 + days))
            let reads = PreviewReads(condition, from: from, to: to, stepSeconds: step)
            #expect(reads.reads.count <= 2)
            let history = try reads.history(
                reads.reads.map { read in
                    let all = Self.answer(read.from, read.through, .max)
                    guard read.every > 0 else { return all }
                    // The newest of each stretch that ends at `from`, and so many seconds before and behind it.
                    let stretches = Dictionary(grouping: all) { point in
                        let behind = point.time - 1 - from.microseconds, length = Int64(read.every) * 1_000_000
                        return behind >= 0 ? behind / length : (behind + 1) / length - 1
                    }
                    return stretches.values.compactMap { $0.max { $0.time < $1.time } }.sorted { $0.time < $1.time }
                })
            func preview(_ history: History) throws -> RulePreview {
                try RulePreview(condition, RuleTiming(), .warning, history, .utc, from: from, to: to, stepSeconds: step)
            }
            let (own, whole) = (try preview(history), try preview(History(["sales": Self.answer(Series.time(-1), to, .max)])))
            #expect(own.state == whole.state && own.firings == whole.firings && own.withoutData == whole.withoutData, "\(condition)")
        }
        let newest = PreviewReads(Self.leaves[0], from: Series.time(10), to: Series.time(20), stepSeconds: 86_400)
        #expect(newest.reads.map(\.every) == [86_400])
        let change = PreviewReads(Self.leaves[4], from: Series.time(10), to: Series.time(20), stepSeconds: 86_400)
        #expect(change.reads.map(\.every) == [200])
    }

    @Test("a preview whose range holds more values than may be read is refused, not cut") func previewBound() throws {
        let test = Condition.threshold(Threshold(metric: "sales", .above, 10, aggregate: .sum, windowSeconds: 86_400))
        let reads = PreviewReads(test, from: Series.time(10), to: Series.time(20), stepSeconds: 3600)
        #expect(reads.reads.count == 1 && reads.most == PreviewReads.points)
        func points(_ count: Int, from: Timestamp) -> [Point] { (0..<count).map { Point(time: from.microseconds + Int64($0), value: 1) } }
        do throws(AppError) {
            _ = try reads.history([points(reads.most + 1, from: Series.time(9.5))])
            Issue.record("it was cut")
        } catch { #expect(error.issues.first?.field == "from" && error.issues.first?.issue.contains("of sales") == true) }
        _ = try reads.history([points(reads.most, from: Series.time(9.5))])
        // What is missing lies in front of all that it looks at.
        _ = try reads.history([points(reads.most + 1, from: Series.time(9))])
    }
}
