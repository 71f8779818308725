import CPostgres
import Glibc

extension Rows {
    /// Rows that were read before, cells in Postgres' binary form, nil for null; each row has as many as there are columns.
    ///
    /// Throws `decoding` where there is no memory for them, or a row has another width.
    public init(columns: [String], cells: [[[UInt8]?]], affected: Int) throws(PostgresError) {
        guard let result = PQmakeEmptyPGresult(nil, PGRES_TUPLES_OK) else { throw PostgresError(.decoding, detail: "no memory for recorded rows") }
        let handle = ResultHandle(owning: result)
        var attributes = columns.map { name in
            PGresAttDesc(name: strdup(name), tableid: 0, columnid: 0, format: 1, typid: 0, typlen: -1, atttypmod: -1)
        }
        defer { for attribute in attributes { free(attribute.name) } }
        guard columns.isEmpty || PQsetResultAttrs(result, Int32(columns.count), &attributes) == 1 else {
            throw PostgresError(.decoding, detail: "recorded columns cannot be set")
        }
        for (index, row) in cells.enumerated() {
            guard row.count == columns.count else { throw PostgresError(.decoding, detail: "a recorded row has another width") }
            for (column, cell) in row.enumerated() {
                var bytes = cell?.map { CChar(bitPattern: $0) } ?? []
                guard PQsetvalue(result, Int32(index), Int32(column), &bytes, Int32(cell?.count ?? -1)) == 1 else {
                    throw PostgresError(.decoding, detail: "a recorded value cannot be set")
                }
            }
        }
        self.init(ResultBox(handle), affected: affected)
    }

    /// All values in Postgres' binary form, row by row; nil for null.
    public var cells: [[[UInt8]?]] {
        result.with { result in
            let columns = PQnfields(result)
            return (0..<Int32(count)).map { row in
                (0..<columns).map { column in
                    guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column) else { return nil }
                    return [UInt8](UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(result, row, column))))
                }
            }
        }
    }
}
