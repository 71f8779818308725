public import Kernel

/// Why the database did not answer as asked.
///
/// `description` is safe to show; `String(reflecting:)` adds what helps in the log. Neither holds a bind value.
public struct PostgresError: Error, Sendable {
    /// What kind of failure it was.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String {
            case connectionLost, connectFailed, notPermitted, timedOut, cancelled, server, poolExhausted, nestedTransaction, decoding, closed,
                configuration
        }
        private let base: Base

        /// The connection broke while the statement ran. A write may or may not have been committed.
        public static let connectionLost = Code(base: .connectionLost)
        /// No connection could be opened.
        public static let connectFailed = Code(base: .connectFailed)
        /// The host is at an address to which no connection is opened, see ``PostgresClient/Configuration/permits``.
        public static let notPermitted = Code(base: .notPermitted)
        /// The deadline passed. Nothing was committed, unless `outcomeUnknown`.
        public static let timedOut = Code(base: .timedOut)
        /// The task was cancelled. Nothing was committed, unless `outcomeUnknown`.
        public static let cancelled = Code(base: .cancelled)
        /// The server refused or ended the statement; `sqlState` says why.
        public static let server = Code(base: .server)
        /// Too many callers wait for a connection already.
        public static let poolExhausted = Code(base: .poolExhausted)
        /// Another connection was asked for inside an open transaction, which could wait for itself.
        public static let nestedTransaction = Code(base: .nestedTransaction)
        /// A value was not of the expected type, null, or absent.
        public static let decoding = Code(base: .decoding)
        /// The client or the connection was shut down.
        public static let closed = Code(base: .closed)
        /// The configuration is not usable.
        public static let configuration = Code(base: .configuration)

        /// The code's name, for the log.
        public var description: String { base.rawValue }
    }

    /// What kind of failure it was.
    public let code: Code
    /// The five characters of PostgreSQL's appendix A where the server spoke.
    public let sqlState: String?
    /// The catalogue name of the statement that failed, where one did.
    public let statement: String?
    /// Whether a write may have been committed although this error was thrown.
    public let outcomeUnknown: Bool
    /// For the log: the server's primary message or the system's.
    let detail: String?

    init(_ code: Code, sqlState: String? = nil, statement: String? = nil, outcomeUnknown: Bool = false, detail: String? = nil) {
        self.code = code
        self.sqlState = sqlState
        self.statement = statement
        self.outcomeUnknown = outcomeUnknown
        self.detail = detail
    }

    /// What the caller of an invocation is told.
    public var appError: AppError {
        if code == .server, sqlState == UsedQuota.sqlState, let quota = detail.flatMap({ UsedQuota(json: $0) }) { return quota.error }
        let answer: ErrorCode =
            switch code {
            case .timedOut: .deadlineExceeded
            case .cancelled: .cancelled
            case .server: ErrorCode(sqlState: sqlState ?? "")
            case .connectionLost, .connectFailed, .notPermitted, .poolExhausted, .closed: .unavailable
            default: .internalError
            }
        return AppError(answer, detail: debugDescription)
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The kind and the SQLSTATE; safe to show.
    public var description: String {
        sqlState.map { "database: \(code) \($0)" } ?? "database: \(code)"
    }

    /// For the log: the statement's name and the server's message as well, never a bind value.
    public var debugDescription: String {
        var text = description
        if let statement { text += " in \(statement)" }
        if outcomeUnknown { text += ", outcome unknown" }
        if let detail { text += ": \(detail)" }
        return text
    }
}
