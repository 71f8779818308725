import AlertRules
import HandlerKit
import NotificationDelivery
import NotificationRules

/// Turns what a step brought into statements of its own transaction: history, firings, and what is told.
struct Teller: Sendable {
    let now: Timestamp
    let makeID: @Sendable () -> UUID

    init(_ invocation: Invocation) {
        now = invocation.time.now()
        makeID = { invocation.makeID() }
    }

    init(_ job: JobInvocation) {
        now = job.time.now()
        makeID = { job.makeID() }
    }

    /// Behind the step, with the alert's new state.
    func calls(_ step: FiringStep, _ alert: AlertRecord, at slot: Timestamp) throws(AppError) -> [Call] {
        var calls: [Call] = []
        for event in step.events {
            var firing: Int?
            switch event {
            case .fired(let number):
                firing = number
                calls.append(
                    Call(
                        EvaluationSQL.fire,
                        [
                            .uuid(alert.id), .int32(Int32(number)), .text(alert.severity.rawValue), .timestamp(slot),
                            .optional(alert.state.value, Bind.float8), .text(Self.cut(alert.state.summary)),
                        ]))
            case .resolved(let number):
                firing = number
                calls += [
                    Call(AlertsSQL.resolve, [.uuid(alert.id), .int32(Int32(number)), .timestamp(slot)]),
                    Call(TellingSQL.forget, [.uuid(alert.id), .int32(Int32(number))]),
                ]
            case .pending, .noData, .dataBack: break
            }
            calls.append(line(event.kind, firing, alert, at: slot))
        }
        for notice in step.notices { calls += try tell(notice, alert, at: slot) }
        return calls
    }

    private func line(_ kind: String, _ firing: Int?, _ alert: AlertRecord, at slot: Timestamp) -> Call {
        var details: JSONObject = ["summary": .string(Self.cut(alert.state.summary))]
        if let value = alert.state.value, value.isFinite { details["value"] = .number(value) }
        return Call(
            AlertsSQL.event,
            [
                .uuid(alert.id), .uuid(makeID()), .timestamp(slot), .text(kind), .optional(firing.map(Int32.init), Bind.int32), .null,
                .json(Array(JSONValue.object(details).description.utf8)),
            ])
    }

    private func tell(_ told: FiringStep.Notice, _ alert: AlertRecord, at slot: Timestamp) throws(AppError) -> [Call] {
        let notice = Self.notice(told.kind.rawValue, told.firing, alert, at: slot)
        let key = NoticeKey(alert: alert.id, firing: told.firing, kind: told.kind.rawValue, turn: told.kind == .repeated ? "\(slot)" : "")
        var calls = try write(notice, key, alert, firing: told.firing)
        if told.kind == .fired, let escalation = alert.escalation {
            var later = notice
            later.type = "alert.escalated"
            later.title = "Not acknowledged: \(later.title)"
            for due in escalation.due(from: slot) {
                let key = NoticeKey(alert: alert.id, firing: told.firing, kind: "escalated", turn: "\(due.step)")
                // Whatever else is due at that time goes with it.
                calls += [
                    deliver(at: due.at, key: "escalation \(due.at)"),
                    try channels(later, key, alert, firing: told.firing, step: due.step, at: due.at, to: [due.channel]),
                ]
            }
        }
        return calls
    }

    /// One that says that it is none.
    func test(_ alert: AlertRecord) throws(AppError) -> [Call] {
        try write(Self.notice("test", 0, alert, at: now), NoticeKey("test", id: makeID()), alert, firing: nil)
    }

    private func write(_ notice: Notice, _ key: NoticeKey, _ alert: AlertRecord, firing: Int?) throws(AppError) -> [Call] {
        let inApp = Call(
            TellingSQL.inApp,
            [
                .uuid(makeID()), .text(notice.type), .text(notice.severity.rawValue), .text(String(notice.title.prefix(300))), .text(notice.text),
                .json(try JSON.encode(notice.data)), .text(key.description),
            ])
        return [inApp, deliver(at: now), try channels(notice, key, alert, firing: firing, step: 0, at: now, to: alert.channels)]
    }

    private func deliver(at time: Timestamp, key: String? = nil) -> Call {
        Call(TellingSQL.deliver, [.uuid(makeID()), .timestamp(time), .optional(key, Bind.text)])
    }

    private func channels(
        _ notice: Notice, _ key: NoticeKey, _ alert: AlertRecord, firing: Int?, step: Int, at time: Timestamp, to channels: [UUID]
    ) throws(AppError) -> Call {
        Call(
            TellingSQL.channels,
            [
                .text(key.description), .uuid(alert.id), .optional(firing.map(Int32.init), Bind.int32), .int32(Int32(step)),
                .text(notice.severity.rawValue), .json(try JSON.encode(notice)), .timestamp(time), .uuids(channels),
            ])
    }

    static func notice(_ kind: String, _ firing: Int, _ alert: AlertRecord, at slot: Timestamp) -> Notice {
        let words =
            switch kind {
            case "fired": "fires"
            case "repeated": "still fires"
            case "resolved": "is resolved"
            default: "is tried: this is a test"
            }
        var facts = [Notice.Fact("Business", alert.businessName), .init("Severity", alert.severity.rawValue), .init("At", "\(slot)")]
        var data: JSONObject = [
            "alert_id": .string("\(alert.id)"), "business_id": .string("\(alert.business)"), "alert": .string(alert.name),
            "firing": .integer(Int64(firing)), "rule": alert.rule,
        ]
        if let value = alert.state.value, value.isFinite { data["value"] = .number(value) }
        if kind == "repeated", let since = alert.state.since { facts.append(.init("Since", "\(since)")) }
        return Notice(
            type: "alert.\(kind)", severity: alert.severity, title: "\(alert.name) \(words)", text: cut(alert.state.summary), facts: facts,
            data: .object(data), occurredAt: slot)
    }

    /// What the tables hold.
    private static func cut(_ text: String) -> String { text.unicodeScalars.count <= 4000 ? text : String(text.prefix(2000)) + "…" }
}
