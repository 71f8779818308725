import CPostgres
public import Kernel

/// One row. Columns are numbered from 0; reading one allocates nothing but what is returned.
///
/// Every reader throws `decoding` where the column is absent, null, or not of that width; the `optional` forms return nil for null.
public struct Row: Sendable {
    let result: ResultBox
    let index: Int32

    /// Whether the value is null; also true for a column that does not exist.
    public func isNull(_ column: Int) -> Bool {
        result.with { PQgetisnull($0, index, Int32(clamping: column)) == 1 }
    }

    /// Lends the bytes of a value in Postgres' binary form, nil for null.
    public func withBytes<R>(_ column: Int, _ body: (UnsafeRawBufferPointer?) throws(PostgresError) -> R) throws(PostgresError) -> R {
        try body(cell(column))
    }

    /// A `smallint`, `integer` or `bigint`.
    public func int64(_ column: Int) throws(PostgresError) -> Int64 {
        let cell = try present(column)
        switch cell.count {
        case 8: return Int64(bitPattern: cell.bigEndian(UInt64.self))
        case 4: return Int64(Int32(bitPattern: cell.bigEndian(UInt32.self)))
        case 2: return Int64(Int16(bitPattern: cell.bigEndian(UInt16.self)))
        default: throw mismatch(column, "an integer", cell.count)
        }
    }

    /// A `smallint` or `integer`.
    public func int32(_ column: Int) throws(PostgresError) -> Int32 {
        let cell = try present(column)
        switch cell.count {
        case 4: return Int32(bitPattern: cell.bigEndian(UInt32.self))
        case 2: return Int32(Int16(bitPattern: cell.bigEndian(UInt16.self)))
        default: throw mismatch(column, "an integer of 4 bytes", cell.count)
        }
    }

    /// A `double precision` or `real`.
    public func float8(_ column: Int) throws(PostgresError) -> Double {
        let cell = try present(column)
        switch cell.count {
        case 8: return Double(bitPattern: cell.bigEndian(UInt64.self))
        case 4: return Double(Float(bitPattern: cell.bigEndian(UInt32.self)))
        default: throw mismatch(column, "a float8", cell.count)
        }
    }

    /// A `boolean`.
    public func bool(_ column: Int) throws(PostgresError) -> Bool {
        let cell = try sized(column, 1, "a boolean")
        return cell[0] != 0
    }

    /// A `text`, `varchar`, `name` or `json`; for `jsonb` use ``json(_:)``.
    public func text(_ column: Int) throws(PostgresError) -> String {
        String(decoding: try present(column), as: UTF8.self)
    }

    /// A `uuid`.
    public func uuid(_ column: Int) throws(PostgresError) -> UUID {
        let cell = try sized(column, 16, "a uuid")
        return UUID(high: cell.bigEndian(UInt64.self), low: cell.bigEndian(UInt64.self, at: 8))
    }

    /// A `timestamptz`. The infinities are read as the earliest and the latest instant.
    public func timestamp(_ column: Int) throws(PostgresError) -> Timestamp {
        let cell = try sized(column, 8, "a timestamptz")
        return Timestamp(postgresMicroseconds: Int64(bitPattern: cell.bigEndian(UInt64.self)))
    }

    /// A `date` of the years 1 to 9999.
    public func date(_ column: Int) throws(PostgresError) -> CalendarDate {
        let cell = try sized(column, 4, "a date")
        return CalendarDate(daysSinceEpoch: Int(Int32(bitPattern: cell.bigEndian(UInt32.self))) + CalendarDate.postgresEpoch)
    }

    /// A `bytea`, or any other value as its binary form.
    public func bytes(_ column: Int) throws(PostgresError) -> [UInt8] {
        [UInt8](try present(column))
    }

    /// The UTF-8 text of a `jsonb`.
    public func json(_ column: Int) throws(PostgresError) -> [UInt8] {
        let cell = try present(column)
        guard cell.count > 1, cell[0] == 1 else { throw mismatch(column, "a jsonb", cell.count) }
        return [UInt8](cell.dropFirst())
    }

    private func cell(_ column: Int) -> UnsafeRawBufferPointer? {
        let column = Int32(clamping: column)
        return result.with { result in
            guard PQgetisnull(result, index, column) == 0, let value = PQgetvalue(result, index, column) else { return nil }
            return UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(result, index, column)))
        }
    }

    private func present(_ column: Int) throws(PostgresError) -> UnsafeRawBufferPointer {
        guard let cell = cell(column) else { throw PostgresError(.decoding, detail: "column \(column) is null or does not exist") }
        return cell
    }

    private func sized(_ column: Int, _ count: Int, _ expected: String) throws(PostgresError) -> UnsafeRawBufferPointer {
        let cell = try present(column)
        guard cell.count == count else { throw mismatch(column, expected, cell.count) }
        return cell
    }

    private func mismatch(_ column: Int, _ expected: String, _ count: Int) -> PostgresError {
        PostgresError(.decoding, detail: "column \(column): expected \(expected), found \(count) bytes")
    }
}
