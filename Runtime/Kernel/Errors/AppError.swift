/// What failed, in a form that may be shown to the caller, with what only the log may know.
///
/// `description` is safe to show; `String(reflecting:)` adds the private detail.
public struct AppError: Error, Sendable {
    /// One thing that is wrong with the input.
    public struct Issue: Hashable, Sendable, Codable {
        /// The input's member, path parameter, query item or place in a file, for example `email` or `line 7`.
        public let field: String
        /// What was expected there.
        public let issue: String

        public init(field: String, issue: String) {
            self.field = field
            self.issue = issue
        }
    }

    public let code: ErrorCode
    /// May reach the caller.
    public let message: String
    /// All that is wrong with the input; the first is also the answer's `details`. Empty where no field is at fault.
    public let issues: [Issue]
    /// How long the caller should wait before the next try; nil where waiting does not help.
    public let retryAfter: Duration?
    /// Whether the same call may be sent again without doing anything twice; nil where that is not known. The gateway says it of calls whose process ended.
    public let retryable: Bool?
    /// What a program that calls may want to know, as the answer's `details` where no field is at fault; empty where there is nothing.
    public let facts: JSONObject
    /// For the log only: never leaves the process.
    public let detail: String?

    /// An error of a code, with the code's own message unless a more precise one is given.
    public init(
        _ code: ErrorCode, _ message: String? = nil, issues: [Issue] = [], retryAfter: Duration? = nil, retryable: Bool? = nil,
        facts: JSONObject = [:], detail: String? = nil
    ) {
        self.code = code
        self.message = message ?? code.message
        self.issues = issues
        self.retryAfter = retryAfter
        self.retryable = retryable
        self.facts = facts
        self.detail = detail
    }

    /// A validation error about one field.
    public static func invalid(_ field: String, _ issue: String) -> AppError {
        AppError(.validation, issues: [Issue(field: field, issue: issue)])
    }
}

extension AppError: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String { "\(code.name): \(message)" }
    public var debugDescription: String { detail.map { "\(code.name): \(message) (\($0))" } ?? description }
}
