public import Logging

/// The names under which values stand in the log. One word for one thing, in every room.
public enum LogKey: String, Sendable {
    case requestID = "request_id"
    case tenantID = "tenant_id"
    case userID = "user_id"
    case client
    case handler
    case route
    case status
    case durationMS = "duration_ms"
    case cpuMS = "cpu_ms"
    case databaseMS = "database_ms"
    case rows
    case databaseBytes = "database_bytes"
    case requestBytes = "request_bytes"
    case answerBytes = "answer_bytes"
    case error
    case sqlName = "sql_name"
    case sqlState = "sql_state"
    case connection
    case process
    case signal
    case path
    case count
    case reason
}

extension Logger {
    /// Reads and sets metadata by its one name.
    public subscript(key: LogKey) -> Logger.Metadata.Value? {
        get { self[metadataKey: key.rawValue] }
        set { self[metadataKey: key.rawValue] = newValue }
    }
}

extension Logger.Metadata {
    /// Metadata from pairs of a known name and a value.
    public static func keys(_ pairs: KeyValuePairs<LogKey, Logger.Metadata.Value>) -> Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        for (key, value) in pairs { metadata[key.rawValue] = value }
        return metadata
    }
}
