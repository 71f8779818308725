public import Postgres

/// What a statement did, in a form that can be compared: its rows, or the five characters of its refusal.
public enum Outcome: Hashable, Sendable {
    case rows([[[UInt8]?]], affected: Int)
    case refused(String)

    /// Runs one statement on a connection.
    public static func of(_ sql: String, on connection: OwnConnection) async -> Outcome {
        do {
            let rows = try await connection.query(sql)
            let width = rows.columns.count
            return .rows(
                try rows.map { row in
                    try (0..<width).map { column in row.isNull(column) ? nil : try row.bytes(column) }
                }, affected: rows.affected)
        } catch let error as PostgresError {
            return .refused(error.sqlState ?? "\(error.code)")
        } catch {
            return .refused("\(error)")
        }
    }

    /// Whether some value contains these bytes.
    public func contains(_ mark: [UInt8]) -> Bool {
        guard case .rows(let rows, _) = self else { return false }
        return rows.contains { row in row.contains { $0.map { Outcome.holds($0, mark) } ?? false } }
    }

    private static func holds(_ bytes: [UInt8], _ mark: [UInt8]) -> Bool {
        guard bytes.count >= mark.count else { return false }
        return (0...(bytes.count - mark.count)).contains { start in bytes[start..<(start + mark.count)].elementsEqual(mark) }
    }
}

extension Outcome: CustomStringConvertible {
    public var description: String {
        switch self {
        case .refused(let state): return "refused \(state)"
        case .rows(let rows, let affected):
            let shown = rows.prefix(3).map { row in
                row.map { $0.map { String(decoding: $0.prefix(60), as: UTF8.self) } ?? "null" }.joined(separator: " | ")
            }
            return "\(rows.count) rows, \(affected) affected: \(shown.joined(separator: " ; "))"
        }
    }
}
