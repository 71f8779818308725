import Postgres
import Wire

extension Trace.Question {
    init(_ calls: [Call]) {
        var digest = CallDigest()
        for call in calls { digest.add(call) }
        self.init(name: calls.map(\.statement.name).joined(separator: ", "), digest: digest.value)
    }

    init(_ sql: String, _ binds: [Bind]) {
        var digest = CallDigest()
        digest.add(sql, binds)
        self.init(name: String(sql.prefix(80)), digest: digest.value)
    }

    init(_ route: CalledRoute, _ body: [UInt8]) {
        var digest = CallDigest()
        for part in [route.method, route.path, route.query] { digest.add(Array(part.utf8)) }
        digest.add(body)
        self.init(name: "\(route.method) \(route.path)", digest: digest.value)
    }
}

extension Trace.Table {
    init(_ rows: Rows) {
        self.init(columns: rows.columns, rows: rows.cells, affected: Int64(rows.affected))
    }

    /// The same as the database's.
    func read() throws -> Rows { try Rows(columns: columns, cells: rows, affected: Int(affected)) }
}

extension Trace.Fault {
    /// An error as the handler's code sees it.
    init(_ error: any Error) {
        switch error {
        case let error as Trace.Fault: self = error
        case let error as AppError: self.init(code: error.code.name, message: error.message, detail: error.detail ?? "")
        case let error as PostgresError: self.init(error.code == .cancelled ? CancellationError() : error.appError as any Error)
        case is CancellationError: self.init(code: ErrorCode.cancelled.name, message: "", detail: "")
        default: self.init(code: ErrorCode.internalError.name, message: ErrorCode.internalError.message, detail: String(reflecting: error))
        }
    }

    /// The same for the handler's code.
    var error: any Error {
        let code = ErrorCode(named: code) ?? .internalError
        return code == .cancelled ? CancellationError() : AppError(code, message, detail: detail.isEmpty ? nil : detail)
    }
}
