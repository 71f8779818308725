import HandlerKit

/// The state that a client has read, as an entity tag (RFC 9110 section 8.8.3), so that of two editors the second does not undo what the first did.
enum Revision {
    /// The tag of a revision.
    static func header(_ revision: Int32) -> HeaderField { HeaderField(name: "etag", value: "\"\(revision)\"") }

    /// The revision that `If-Match` expects; nil where there is no such line, or it takes any.
    ///
    /// Throws `BAD_REQUEST` for more than one tag; one that no revision has matches none.
    static func expected(_ request: Request) throws(AppError) -> Int32? {
        guard let line = request.header("if-match"), line != "*" else { return nil }
        guard !line.contains(",") else { throw AppError(.badRequest, "Send one entity tag as If-Match") }
        guard line.count > 2, line.first == "\"", line.last == "\"", let revision = Int32(line.dropFirst().dropLast()), revision >= 0 else {
            return -1
        }
        return revision
    }

    /// Somebody else was first.
    static let outdated = AppError(.preconditionFailed, "This was changed since you read it; read it again and repeat your change")
}
