import AlertRules
import HandlerKit
import NotificationRules

/// `process_alerts`: evaluates all of a tenant's rules at the moment at which it runs. Made by the timer of that name, and for a rule that is new.
///
/// Each page of rules is one transaction that holds their rows, moves their state and writes what is to be told, the jobs that deliver it among it: a
/// moment counts once for each rule however many evaluate, and what was interrupted is taken up where it stood, or at a later moment.
enum ProcessAlerts {
    static let kind: StaticString = "process_alerts"
    /// Rules of one transaction.
    private static let page: Int32 = 50

    static let job = Job(kind, summary: "Evaluate the tenant's alerts") { (_: NoInput, job) in
        let slot = job.time.now()
        while try await evaluate(at: slot, job) { try Task.checkCancellation() }
        try await job.finish([Call(TellingSQL.deliverOverdue, [.uuid(job.makeID())])])
        job.jobs.announce()
    }

    /// One page; whether there was one.
    private static func evaluate(at slot: Timestamp, _ job: JobInvocation) async throws -> Bool {
        let teller = Teller(job)
        return try await job.database.interactive { transaction in
            let found = try await transaction.batch([
                Call(EvaluationSQL.due, [.timestamp(slot), .int32(page)]),
                Call(EvaluationSQL.zone, [.timestamp(slot - .seconds(86_400)), .timestamp(slot + .seconds(86_400))]),
            ])
            guard !found[0].isEmpty else { return false }
            let rules = try found[0].map { Rule(alert: try AlertRecord($0)) }
            var reader = HistoryReader()
            for rule in rules { if let condition = try? rule.condition.get() { reader.need(condition, rule.alert.business, at: slot) } }
            let histories = try HistoryReader.histories(try await transaction.batch([reader.call(until: slot)])[0])
            let zone = try HistoryReader.zone(found[1])
            // Models and detectors compute beside the loop.
            let moved = try await job.offload {
                var memories: [UUID: RuleMemory] = [:]
                return rules.map { $0.moved(at: slot, histories, zone, &memories) }
            }
            var calls: [Call] = []
            for (alert, step) in moved {
                calls.append(
                    Call(
                        EvaluationSQL.move,
                        [
                            .uuid(alert.id), .json(try JSON.encode(alert.state)), .text(alert.state.phase.rawValue), .timestamp(slot),
                            .json(try JSON.encode(alert.bands)),
                        ]))
                calls += try teller.calls(step, alert, at: slot)
            }
            _ = try await transaction.batch(calls)
            return true
        }
    }

    private struct Rule: Sendable {
        let alert: AlertRecord
        /// One that cannot be read any more knows nothing, and leaves the others alone.
        let condition: Result<Condition, AppError>

        init(alert: AlertRecord) {
            self.alert = alert
            condition = Result { () throws(AppError) in try alert.condition() }
        }

        /// `memories` is by business: rules of one share what was reckoned.
        func moved(
            at slot: Timestamp, _ histories: [UUID: History], _ zone: ZoneOffsets, _ memories: inout [UUID: RuleMemory]
        ) -> (AlertRecord, FiringStep) {
            var alert = alert
            let history = histories[alert.business] ?? History([:])
            var memory = memories[alert.business] ?? RuleMemory()
            memory.bands.learn(alert.bands)
            let step = alert.state.step(at: slot, alert.timing, alert.severity, zone) { isFiring in
                switch condition {
                case .success(let condition): condition.verdict(at: slot, history, isFiring: isFiring, &memory)
                case .failure(let error): Verdict(.unknown, "the rule cannot be read any more: \(error.message)")
                }
            }
            if let condition = try? condition.get() { alert.bands = memory.bands.of(condition.metrics) }
            memories[alert.business] = memory
            return (alert, step)
        }
    }
}
