/// What a tenant's invocations of one handler used.
public struct HandlerUsage: Sendable, Hashable, Codable {
    public let handler: String
    public let invocations: Int64
    /// Those of them that no client asked for.
    public let jobs: Int64
    /// Those that were answered with 500 or above, or not to their end.
    public let errors: Int64
    /// Time on a processor in the handler's processes.
    public let cpuMicroseconds: Int64
    /// Time in which they waited for the database.
    public let databaseMicroseconds: Int64
    /// Rows that the database returned or changed.
    public let rows: Int64
    /// Bytes of values that the database returned.
    public let databaseBytes: Int64
    /// Bytes of the requests' bodies.
    public let requestBytes: Int64
    /// Bytes of the answers' bodies.
    public let answerBytes: Int64

    enum CodingKeys: String, CodingKey {
        case handler, invocations, jobs, errors, rows
        case cpuMicroseconds = "cpu_us"
        case databaseMicroseconds = "database_us"
        case databaseBytes = "database_bytes"
        case requestBytes = "request_bytes"
        case answerBytes = "answer_bytes"
    }
}
