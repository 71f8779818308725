import AlertRules
import HandlerKit
import MetricSeries

/// What some rules find at one moment: each test of a business's metric is looked at once, however many rules ask for it.
///
/// Nothing is held meanwhile, no row and no connection, and of the points one portion at a time is in memory.
struct RuleLook: Sendable {
    private struct Subject: Hashable, Sendable {
        let business: UUID
        let metric: String
    }

    private struct Answer: Sendable {
        let calm: Verdict
        let firing: Verdict
    }

    /// Points that are in memory at once, a metric's own kept together: 1.6 MB.
    private static let portion = 100_000

    private var answers: [UUID: [Condition: Answer]] = [:]
    private var bands: [UUID: ForecastBands] = [:]

    /// Reads and computes, beside the loop.
    static func take(_ rules: [AlertRecord], at slot: Timestamp, _ job: JobInvocation) async throws -> RuleLook {
        var look = RuleLook()
        var tests: [Subject: MetricTests] = [:]
        var known: [UUID: ForecastBands] = [:]
        for rule in rules {
            known[rule.business, default: ForecastBands()].learn(rule.bands)
            for leaf in (try? rule.condition())?.leaves ?? [] {
                guard let metric = leaf.metric else { continue }
                tests[Subject(business: rule.business, metric: metric), default: MetricTests(metric)].add(leaf)
            }
        }
        var portion: [(subject: Subject, tests: MetricTests, reads: [MetricRead])] = []
        var size = 0
        func read() async throws {
            let subjects = portion
            (portion, size) = ([], 0)
            let reads = subjects.flatMap { subject in subject.reads.map { (business: subject.subject.business, read: $0) } }
            guard !reads.isEmpty else { return }
            let points = try PointReader.points(try await job.database.transaction([PointReader.call(reads)])[0], count: reads.count).map { $0 ?? [] }
            let before = known
            let found = try await job.offload {
                var place = 0
                return subjects.map { subject in
                    let own = points[place..<place + subject.reads.count]
                    place += subject.reads.count
                    var memory = RuleMemory(bands: before[subject.subject.business]?.of([subject.subject.metric]) ?? ForecastBands())
                    let verdicts = subject.tests.verdicts(at: slot, Dictionary(uniqueKeysWithValues: zip(subject.reads, own)), &memory)
                    return (subject.subject, verdicts.mapValues { Answer(calm: $0.calm, firing: $0.firing) }, memory.bands)
                }
            }
            for (subject, verdicts, bands) in found {
                look.answers[subject.business, default: [:]].merge(verdicts) { first, _ in first }
                look.bands[subject.business, default: ForecastBands()].learn(bands)
            }
        }
        for (subject, tests) in tests {
            let reads = tests.reads(at: slot)
            let points = reads.reduce(0) { $0 + $1.most }
            if size + points > Self.portion { try await read() }
            portion.append((subject, tests, reads))
            size += points
        }
        try await read()
        return look
    }

    /// How a rule stands. One that cannot be read any more knows nothing, and leaves the others alone.
    func verdict(_ rule: AlertRecord, isFiring: Bool) -> Verdict {
        do throws(AppError) {
            return try rule.condition().verdict { leaf in
                guard let answer = answers[rule.business]?[leaf] else { return Verdict(.unknown, "\(leaf.metric ?? leaf.type) was not looked at") }
                return isFiring ? answer.firing : answer.calm
            }
        } catch {
            return Verdict(.unknown, "the rule cannot be read any more: \(error.message)")
        }
    }

    /// What forecasts said of a rule's metrics, to be kept with it.
    func bands(of rule: AlertRecord) -> ForecastBands {
        guard let condition = try? rule.condition() else { return rule.bands }
        return bands[rule.business]?.of(condition.metrics) ?? ForecastBands()
    }
}
