import CPostgres

/// What the server says went wrong, field by field (PostgreSQL, "Error and Notice Message Fields").
struct ServerReport {
    /// libpq's macros are character literals, which Swift does not import.
    private enum Field: Int32 {
        case sqlState = 67  // C
        case message = 77  // M
        case position = 80  // P
        case severity = 86  // V
        case column = 99  // c
        case constraint = 110  // n
    }

    /// Nil where libpq itself made the error up, because the connection is gone.
    let sqlState: String?
    /// FATAL or PANIC: the server ends the connection.
    let endsConnection: Bool
    let detail: String

    init(_ result: OpaquePointer) {
        func field(_ field: Field) -> String? { PQresultErrorField(result, field.rawValue).map { String(cString: $0) } }
        sqlState = field(.sqlState)
        endsConnection = ["FATAL", "PANIC"].contains(field(.severity) ?? "")
        // Class 22, data exceptions, quotes the value that was wrong.
        var parts = sqlState?.hasPrefix("22") == true ? [] : [field(.message) ?? PQresultErrorMessage(result).map { String(cString: $0) } ?? ""]
        if let constraint = field(.constraint) { parts.append("constraint \(constraint)") }
        if let column = field(.column) { parts.append("column \(column)") }
        if let position = field(.position) { parts.append("position \(position)") }
        detail = parts.joined(separator: ", ")
    }
}
