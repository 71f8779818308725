import Wire

/// What another handler's route answered.
public struct CallAnswer: Sendable, Hashable {
    /// The HTTP status, below 400.
    public let status: Int
    /// The body; empty where there is none.
    public let body: [UInt8]

    /// Throws the error that the other handler answered, under the same code.
    init(_ answer: NestedAnswer, of route: CalledRoute) throws(AppError) {
        guard answer.status < 400 else { throw Self.error(answer, route) }
        status = Int(answer.status)
        body = answer.body
    }

    /// The body as a value of a type. Throws `INTERNAL_ERROR` where it has another form.
    public func decode<Value: Decodable>(_ type: Value.Type) throws(AppError) -> Value {
        do throws(AppError) {
            return try JSON.decode(type, from: try JSON.read(body))
        } catch {
            let issues = error.issues.map { "\($0.field): \($0.issue)" }.joined(separator: "; ")
            throw AppError(.internalError, detail: "what was called answered no \(type): \(error.message) \(issues)")
        }
    }

    private static func error(_ answer: NestedAnswer, _ route: CalledRoute) -> AppError {
        let detail = "\(route.method) \(route.path) answered \(answer.status)"
        guard let error = (try? JSON.read(answer.body))?["error"], let name = error["code"]?.string, let code = ErrorCode(named: name) else {
            return AppError(.internalError, detail: "\(detail) without an error in the known shape")
        }
        let issues = (error["errors"]?.array ?? []).compactMap { issue -> AppError.Issue? in
            guard let field = issue["field"]?.string, let text = issue["issue"]?.string else { return nil }
            return AppError.Issue(field: field, issue: text)
        }
        let facts = issues.isEmpty ? error["details"]?.object ?? [:] : [:]
        return AppError(code, error["message"]?.string, issues: issues, facts: facts, detail: detail)
    }
}
