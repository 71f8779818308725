import CPostgres

/// The one owner of a libpq connection.
struct ConnectionHandle: ~Copyable {
    /// Nil once finished; libpq takes nil everywhere and answers with a failure.
    private(set) var raw: OpaquePointer?

    init(owning raw: OpaquePointer) { self.raw = raw }

    /// What libpq says last went wrong, without a line break at the end.
    var message: String {
        guard let raw, let text = PQerrorMessage(raw) else { return "the connection is closed" }
        return String(cString: text).trimmingTrailingLineBreaks
    }

    /// Closes the connection. Its descriptor must not be watched any more.
    mutating func finish() {
        PQfinish(raw)
        raw = nil
    }

    deinit { PQfinish(raw) }
}

extension String {
    var trimmingTrailingLineBreaks: String {
        var text = self[...]
        while text.last?.isNewline == true { text.removeLast() }
        return String(text)
    }
}
