public import Kernel
import Postgres

/// How a tenant fares.
public struct TenantHealth: Sendable, Hashable, Codable {
    public let status: String
    /// Calls of the last day, and those of them that were answered with 500 or above.
    public let callsDay: Int64
    public let errorsDay: Int64
    /// The hour of the last call; nil where there was none.
    public let lastCallAt: Timestamp?
    public let signInsDay: Int64
    public let refusedSignInsDay: Int64
    public let lastSignInAt: Timestamp?
    public let liveSessions: Int64
    public let liveAPIKeys: Int64
    public let mailWaiting: Int64
    public let mailFailedWeek: Int64

    enum CodingKeys: String, CodingKey {
        case status
        case callsDay = "calls_day"
        case errorsDay = "errors_day"
        case lastCallAt = "last_call_at"
        case signInsDay = "sign_ins_day"
        case refusedSignInsDay = "refused_sign_ins_day"
        case lastSignInAt = "last_sign_in_at"
        case liveSessions = "live_sessions"
        case liveAPIKeys = "live_api_keys"
        case mailWaiting = "mail_waiting"
        case mailFailedWeek = "mail_failed_week"
    }
}

extension Console {
    /// How a tenant fares. Throws `NOT_FOUND` where it has gone.
    public func health(of tenant: TenantID, deadline: Deadline) async throws -> TenantHealth {
        guard let row = try await run([Call(ConsoleSQL.health, [])], tenant: tenant, deadline: deadline)[0].first else {
            throw AppError(.notFound, "there is no such tenant")
        }
        return TenantHealth(
            status: try row.text(0), callsDay: try row.int64(2), errorsDay: try row.int64(3), lastCallAt: try row.isNull(4) ? nil : row.timestamp(4),
            signInsDay: try row.int64(5), refusedSignInsDay: try row.int64(6), lastSignInAt: try row.isNull(7) ? nil : row.timestamp(7),
            liveSessions: try row.int64(8), liveAPIKeys: try row.int64(9), mailWaiting: try row.int64(10), mailFailedWeek: try row.int64(11))
    }
}
