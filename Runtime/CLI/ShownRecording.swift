import Host
import Kernel
import Wire

/// A recording as `tenantry invocation show` says it.
struct ShownRecording: Encodable {
    let invocation: InvocationID
    let tenant: TenantID
    let user: UserID
    let role: String
    let facts: RecordedInvocation.Facts
    let parameters: [String]
    let query: String
    let headers: [String]
    let body: String
    let answer: String
    /// Why it failed, in words for operators.
    let detail: String
    let read: [String]
    /// Whether all is there that a replay takes.
    let isReplayable: Bool

    enum CodingKeys: String, CodingKey {
        case invocation, tenant, user, role, facts, parameters, query, headers, body, answer, detail, read
        case isReplayable = "is_replayable"
    }

    init(_ recorded: RecordedInvocation) {
        invocation = recorded.invocation
        tenant = recorded.tenant
        user = recorded.head.user
        role = recorded.head.role
        facts = recorded.facts
        parameters = recorded.head.parameters
        query = recorded.head.query
        headers = recorded.head.headers.map { "\($0.name): \($0.value)" }
        body = String(decoding: recorded.head.body, as: UTF8.self)
        answer = String(decoding: recorded.answer, as: UTF8.self)
        let trace = try? Trace(bytes: recorded.trace)
        detail = trace?.detail ?? ""
        read = trace?.entries.map(Self.line) ?? []
        isReplayable = trace?.isTruncated == false && !recorded.facts.bodyIsCut && recorded.facts.ending != .died
    }

    var lines: [String] {
        var lines = Output.table([
            ["invocation", "\(invocation)"], ["request", facts.requestID], ["tenant", "\(tenant)"], ["user", "\(user) \(role)"],
            ["handler", "\(facts.handler) \(facts.program.prefix(12))"], ["route", "\(facts.method) \(facts.route)"],
            ["ended", "\(facts.endedAt) \(facts.ending.rawValue) \(facts.status) \(facts.code) \(facts.message)"],
            ["replayable", isReplayable ? "yes" : "no"],
        ])
        if !detail.isEmpty { lines.append("because: \(detail)") }
        if !parameters.isEmpty { lines.append("path: \(parameters.joined(separator: ", "))") }
        if !query.isEmpty { lines.append("query: \(query)") }
        lines += headers.map { "header \($0)" }
        if !body.isEmpty { lines.append("body: \(body)") }
        if !answer.isEmpty { lines.append("answer: \(answer)") }
        return lines + read.map { "read \($0)" }
    }

    private static func line(_ entry: Trace.Entry) -> String {
        switch entry {
        case .now(let now): "the clock: \(Timestamp(microseconds: now))"
        case .instant(let instant): "time passed: \(instant / 1000) us"
        case .id(let id): "an identifier: \(id)"
        case .statements(let question, .value(let tables)): "\(question.name): \(tables.map { "\($0.rows.count) rows" }.joined(separator: ", "))"
        case .statements(let question, .fault(let fault)): "\(question.name): \(fault.code) \(fault.detail)"
        case .opened(let fault): "a transaction: \(fault?.code ?? "open")"
        case .committed(let fault): "its commit: \(fault?.code ?? "done")"
        case .streamed(let question, let tables, let fault): "\(question.name): \(tables.count) rows, \(fault?.code ?? "to their end")"
        case .called(let question, .value(let result)): "\(question.name): \(result.status), \(result.body.count) bytes"
        case .called(let question, .fault(let fault)): "\(question.name): \(fault.code)"
        case .sealed(.value(let bytes)): "sealed or opened: \(bytes.count) bytes"
        case .sealed(.fault(let fault)): "sealed or opened: \(fault.code)"
        }
    }
}
