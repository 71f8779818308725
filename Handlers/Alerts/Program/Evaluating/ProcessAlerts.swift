import AlertRules
import HandlerKit
import NotificationRules

/// `process_alerts`: evaluates all of a tenant's rules at the moment at which it runs. Made by the timer of that name, for a rule that is new, and where
/// values of metrics have changed.
///
/// A page of rules is looked at without holding anything. Then one transaction holds their rows, moves their state as it stands by then, and writes what is
/// to be told, the jobs that deliver it among it: a moment counts once for each rule however many evaluate, and what was interrupted is taken up where it
/// stood, or at a later moment.
enum ProcessAlerts {
    static let kind: StaticString = "process_alerts"
    /// Rules of one transaction.
    private static let page: Int32 = 20

    static let job = Job(kind, summary: "Evaluate the tenant's alerts") { (_: NoInput, job) in
        // Of the database's clock: whichever gateway evaluates, a later look has a later moment.
        guard let slot = try await job.database.rows(EvaluationSQL.moment).first?.timestamp(0) else { throw AppError(.internalError) }
        while try await evaluate(at: slot, job) { try Task.checkCancellation() }
        try await job.finish([Call(TellingSQL.deliverOverdue, [.uuid(job.makeID())])])
        job.jobs.announce()
    }

    /// One page; whether there was one.
    private static func evaluate(at slot: Timestamp, _ job: JobInvocation) async throws -> Bool {
        let found = try await job.database.transaction([
            Call(EvaluationSQL.due, [.timestamp(slot), .int32(page)]),
            Call(EvaluationSQL.zone, [.timestamp(slot - .seconds(86_400)), .timestamp(slot + .seconds(86_400))]),
        ])
        guard !found[0].isEmpty else { return false }
        var rules: [AlertRecord] = []
        for alert in try found[0].map({ try AlertRecord($0) }) {
            if let fault = alert.fault { try await setAside(alert.id, fault, at: slot, job) } else { rules.append(alert) }
        }
        let look = try await RuleLook.take(rules, at: slot, job)
        try await move(rules, look, try PointReader.zone(found[1]), at: slot, job)
        return true
    }

    /// Commits what was found. Where that fails for what the rules are, each of them goes alone, and the one that cannot is set aside.
    private static func move(_ rules: [AlertRecord], _ look: RuleLook, _ zone: ZoneOffsets, at slot: Timestamp, _ job: JobInvocation) async throws {
        do {
            try await job.database.interactive { transaction in
                let held = try await transaction.rows(EvaluationSQL.hold, .uuids(rules.map(\.id)), .timestamp(slot))
                let calls = try held.flatMap { row -> [Call] in
                    let alert = try AlertRecord(row)
                    // One that was changed meanwhile is another rule, and has its turn with the next page.
                    guard alert.fault == nil, rules.contains(where: { $0.id == alert.id && $0.rule == alert.rule && $0.business == alert.business })
                    else { return [] }
                    return try step(alert, look, zone, at: slot, Teller(job))
                }
                if !calls.isEmpty { _ = try await transaction.batch(calls) }
            }
        } catch let error as AppError where [.validation, .internalError, .conflict].contains(error.code) {
            // Of an attempt that has lost its lease nothing is committed here either.
            if rules.count == 1 { return try await setAside(rules[0].id, error, at: slot, job) }
            for rule in rules { try await move([rule], look, zone, at: slot, job) }
        }
    }

    private static func step(_ alert: AlertRecord, _ look: RuleLook, _ zone: ZoneOffsets, at slot: Timestamp, _ teller: Teller) throws -> [Call] {
        let before = alert
        var alert = alert
        let step = alert.state.step(at: slot, before.timing, before.severity, zone) { look.verdict(before, isFiring: $0) }
        alert.bands = look.bands(of: before)
        let move = Call(
            EvaluationSQL.move,
            [
                .uuid(alert.id), .json(try JSON.encode(alert.state)), .text(alert.state.phase.rawValue), .timestamp(slot),
                .json(try JSON.encode(alert.bands)),
            ])
        return [move] + (try teller.calls(step, alert, at: slot))
    }

    /// The moment passes for an alert without a look at it; its history says why, once a day.
    private static func setAside(_ alert: UUID, _ error: AppError, at slot: Timestamp, _ job: JobInvocation) async throws {
        job.logger.error("an alert cannot be evaluated", metadata: ["alert": "\(alert)", "reason": "\(String(reflecting: error))"])
        let details: JSONValue = ["reason": .string("it cannot be evaluated: \(error.message)")]
        _ = try await job.database.transaction([
            Call(EvaluationSQL.setAside, [.uuid(alert), .timestamp(slot), .uuid(job.makeID()), .json(Array(details.description.utf8))])
        ])
    }
}
