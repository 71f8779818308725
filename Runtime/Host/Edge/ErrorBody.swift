import Kernel

/// The one shape of every error that leaves.
enum ErrorBody {
    /// `{"error": {"code", "message", "details": {"field", "issue"}, "errors": […], "retryable", "request_id"}}`; the members in the middle only where a field is
    /// at fault, or `details` alone with other facts; `retryable` only where it is known whether the call may be sent again.
    static func json(_ error: AppError, requestID: String) -> [UInt8] {
        var members: JSONObject = ["code": .string(error.code.name), "message": .string(error.message)]
        let issues = error.issues.map { JSONValue.object(["field": .string($0.field), "issue": .string($0.issue)]) }
        if let first = issues.first {
            members["details"] = first
            members["errors"] = .array(issues)
        } else if !error.facts.isEmpty {
            members["details"] = .object(error.facts)
        }
        if let retryable = error.retryable { members["retryable"] = .bool(retryable) }
        members["request_id"] = .string(requestID)
        return Array(JSONValue.object(["error": .object(members)]).description.utf8)
    }
}
