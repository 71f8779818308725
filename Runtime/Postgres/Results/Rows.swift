import CPostgres

/// What one statement returned. The values stay in libpq's memory and are decoded where they are read; freed with the last copy.
public struct Rows: Sendable, RandomAccessCollection {
    let result: ResultBox
    /// The number of rows.
    public let count: Int
    /// What a recording says of `affected`, which libpq keeps to itself.
    private let recorded: Int?

    init(_ result: ResultBox, affected: Int? = nil) {
        self.result = result
        recorded = affected
        count = result.with { Int(PQntuples($0)) }
    }

    /// The place of the first row.
    public var startIndex: Int { 0 }
    /// The place behind the last row.
    public var endIndex: Int { count }

    /// The row at a place from 0.
    public subscript(index: Int) -> Row {
        precondition(index >= 0 && index < count, "row \(index) of \(count)")
        return Row(result: result, index: Int32(index))
    }

    /// Rows that an INSERT, UPDATE, DELETE or MERGE changed, or a SELECT returned; 0 for other statements.
    public var affected: Int {
        recorded ?? result.with { result in PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0 }
    }

    /// Bytes of all values, as the database sent them.
    public var valueBytes: Int {
        result.with { result in
            let columns = PQnfields(result)
            var sum = 0
            for row in 0..<Int32(count) {
                for column in 0..<columns { sum += Int(PQgetlength(result, row, column)) }
            }
            return sum
        }
    }

    /// The names of the columns.
    public var columns: [String] {
        result.with { result in (0..<PQnfields(result)).map { PQfname(result, $0).map { String(cString: $0) } ?? "" } }
    }
}
