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

    @Test("pitfall 28: what may be shown names the code and the SQLSTATE alone; the rest is for the log")
    func texts() {
        let error = PostgresError(.server, sqlState: "23505", statement: "s.name", outcomeUnknown: true, detail: "constraint secret_key")
        #expect(error.description == "database: server 23505")
        #expect(error.debugDescription == "database: server 23505 in s.name, outcome unknown: constraint secret_key")
        #expect(error.appError.message == ErrorCode.conflict.message)
    }
}
