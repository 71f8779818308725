import Kernel
import Testing

@testable import Postgres

@Suite struct PostgresErrorTests {
    @Test(
        "each failure has its answer",
        arguments: [
            (PostgresError(.timedOut), ErrorCode.deadlineExceeded), (PostgresError(.cancelled), .cancelled),
            (PostgresError(.connectionLost), .unavailable),
            (PostgresError(.connectFailed), .unavailable), (PostgresError(.poolExhausted), .unavailable), (PostgresError(.closed), .unavailable),
            (PostgresError(.server, sqlState: "23505"), .conflict), (PostgresError(.server, sqlState: "57014"), .deadlineExceeded),
            (PostgresError(.decoding), .internalError), (PostgresError(.nestedTransaction), .internalError),
        ])
    func answers(error: PostgresError, code: ErrorCode) {
        #expect(error.appError.code == code)
    }

    @Test("a plan's refusal alone says more: which limit, how much is used, when it begins anew")
    func quota() {
        let words = #"{"limit" : "rows", "allowed" : 10, "used" : 9, "plan" : "free", "resets_at" : null}"#
        let error = PostgresError(.server, sqlState: "TN402", detail: words).appError
        #expect(error.code == .quotaExceeded && error.facts == ["limit": "rows", "allowed": 10, "used": 9, "plan": "free", "resets_at": .null])
        #expect(error.detail == nil)
        // The five characters decide; words that are none of ours stay in the log.
        let odd = PostgresError(.server, sqlState: "TN402", detail: "relation app.secret").appError
        #expect(odd.code == .quotaExceeded && odd.facts.isEmpty && odd.message == ErrorCode.quotaExceeded.message)
        #expect(PostgresError(.server, sqlState: "23505", detail: words).appError.facts.isEmpty)
    }

    @Test("pitfall 28: what may be shown names the code and the SQLSTATE alone; the rest is for the log")
    func texts() {
        let error = PostgresError(.server, sqlState: "23505", statement: "s.name", outcomeUnknown: true, detail: "constraint secret_key")
        #expect(error.description == "database: server 23505")
        #expect(error.debugDescription == "database: server 23505 in s.name, outcome unknown: constraint secret_key")
        #expect(error.appError.message == ErrorCode.conflict.message)
    }
}
