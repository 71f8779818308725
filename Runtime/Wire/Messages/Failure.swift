public import Kernel

/// An error that ends a stream, in the words that its caller may read.
public struct Failure: Sendable, Hashable {
    /// The name of an ``ErrorCode``.
    public var code: String
    public var message: String
    public var issues: [AppError.Issue]
    /// A JSON object that is the answer's `details` where there are no issues; empty where there is none.
    public var details: String
    /// How long to wait before the next try, in milliseconds; 0 where waiting does not help.
    public var retryAfterMilliseconds: UInt32
    public var receipt: Receipt

    /// The failure that carries an error; its private detail stays behind.
    public init(_ error: AppError, receipt: Receipt) {
        code = error.code.name
        message = error.message
        issues = error.issues
        details = error.facts.isEmpty ? "" : JSONValue.object(error.facts).description
        retryAfterMilliseconds = UInt32(clamping: error.retryAfter?.milliseconds ?? 0)
        self.receipt = receipt
    }

    /// The error as the gateway answers it; an unknown code counts as an internal error.
    public var error: AppError {
        let code = ErrorCode(named: code) ?? .internalError
        let facts = details.isEmpty ? nil : (try? JSON.read(Array(details.utf8)))?.object
        return AppError(
            code, message, issues: issues, retryAfter: retryAfterMilliseconds == 0 ? nil : .milliseconds(Int64(retryAfterMilliseconds)),
            facts: facts ?? [:])
    }

    init(from reader: inout ByteReader) throws(WireError) {
        code = try reader.text()
        message = try reader.text()
        issues = try reader.items { reader throws(WireError) in AppError.Issue(field: try reader.text(), issue: try reader.text()) }
        details = try reader.text()
        retryAfterMilliseconds = try reader.number()
        receipt = try Receipt(from: &reader)
    }

    func write(to writer: inout ByteWriter) {
        writer.put(code)
        writer.put(message)
        writer.put(issues) { writer, issue in
            writer.put(issue.field)
            writer.put(issue.issue)
        }
        writer.put(details)
        writer.put(retryAfterMilliseconds)
        receipt.write(to: &writer)
    }
}
