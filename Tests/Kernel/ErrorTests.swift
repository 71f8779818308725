import Kernel
import Testing

@Suite struct ErrorTests {
    /// Clients rely on these: a row changes only with the API's version.
    static let table: [(String, Int)] = [
        ("BAD_REQUEST", 400), ("VALIDATION_ERROR", 400), ("UNAUTHENTICATED", 401), ("INVALID_CREDENTIALS", 401), ("FORBIDDEN", 403),
        ("PAYMENT_REQUIRED", 402), ("TENANT_SUSPENDED", 403), ("REAUTHENTICATION_REQUIRED", 403), ("NOT_FOUND", 404), ("METHOD_NOT_ALLOWED", 405),
        ("REQUEST_TIMEOUT", 408),
        ("CONFLICT", 409),
        ("LENGTH_REQUIRED", 411), ("PRECONDITION_FAILED", 412), ("PAYLOAD_TOO_LARGE", 413), ("URI_TOO_LONG", 414), ("UNSUPPORTED_MEDIA_TYPE", 415),
        ("UNPROCESSABLE_FILE", 422),
        ("POISON_INVOCATION", 422), ("TOO_MANY_REQUESTS", 429), ("HEADERS_TOO_LARGE", 431), ("CANCELLED", 499), ("INTERNAL_ERROR", 500),
        ("HANDLER_FAILED", 502),
        ("UNAVAILABLE", 503), ("DEADLINE_EXCEEDED", 504), ("LOOP_DETECTED", 508), ("EXPECTATION_FAILED", 417), ("NOT_IMPLEMENTED", 501),
        ("VERSION_NOT_SUPPORTED", 505),
        ("QUOTA_EXCEEDED", 402), ("RATE_LIMITED", 429), ("IDEMPOTENCY_IN_PROGRESS", 409), ("IDEMPOTENCY_ANSWER_NOT_KEPT", 409),
        ("IDEMPOTENCY_KEY_REUSED", 422), ("GONE", 410), ("CHECKSUM_MISMATCH", 460), ("STORAGE_FULL", 507),
    ]

    @Test(arguments: table)
    func `each code keeps its status`(name: String, status: Int) throws {
        let code = try #require(ErrorCode(named: name))
        #expect(code.status == status)
        #expect(!code.message.isEmpty)
    }

    @Test func `every code has a row above`() {
        #expect(Set(ErrorCode.all.map(\.name)) == Set(Self.table.map(\.0)))
    }

    @Test(arguments: [
        ("23505", ErrorCode.conflict), ("23503", .conflict), ("40001", .conflict), ("40P01", .conflict), ("55P03", .conflict), ("23502", .validation),
        ("23514", .validation), ("22P02", .validation), ("22021", .validation), ("54000", .validation), ("42501", .forbidden),
        ("57014", .deadlineExceeded),
        ("57P01", .unavailable), ("53300", .unavailable), ("53100", .unavailable), ("08006", .unavailable), ("28000", .unavailable),
        ("TN402", .quotaExceeded), ("25006", .internalError), ("42P01", .internalError), ("XX000", .internalError), ("", .internalError),
    ])
    func `the five characters alone decide what a caller is told`(sqlState: String, code: ErrorCode) {
        #expect(ErrorCode(sqlState: sqlState) == code)
    }

    @Test func `pitfall 28: the detail shows only when reflecting`() {
        let error = AppError(.conflict, detail: "duplicate key value violates unique constraint \"businesses_pkey\"")
        #expect("\(error)" == "CONFLICT: This conflicts with what is already there")
        #expect(String(reflecting: error).contains("businesses_pkey"))
        #expect(AppError.invalid("email", "required").issues == [AppError.Issue(field: "email", issue: "required")])
    }

    @Test(arguments: [
        (Role.viewer, "dashboard:read", true), (.viewer, "businesses:write", false), (.viewer, "data:write", false),
        (.analyst, "dashboard:read", true),
        (.analyst, "data:write", true), (.analyst, "businesses:write", false), (.admin, "businesses:write", true), (.owner, "businesses:write", true),
    ])
    func `a role holds what the ones before it hold`(role: Role, scope: String, holds: Bool) {
        #expect(role.holds(scope) == holds)
    }
}
