public import Kernel

/// Columns that may be null: nil where they are. Each throws `decoding` as the function without `optional` does.
extension Row {
    /// An int8, or nil for null.
    public func optionalInt64(_ column: Int) throws(PostgresError) -> Int64? { isNull(column) ? nil : try int64(column) }
    /// An int4, or nil for null.
    public func optionalInt32(_ column: Int) throws(PostgresError) -> Int32? { isNull(column) ? nil : try int32(column) }
    /// A float8, or nil for null.
    public func optionalFloat8(_ column: Int) throws(PostgresError) -> Double? { isNull(column) ? nil : try float8(column) }
    /// A bool, or nil for null.
    public func optionalBool(_ column: Int) throws(PostgresError) -> Bool? { isNull(column) ? nil : try bool(column) }
    /// A text, or nil for null.
    public func optionalText(_ column: Int) throws(PostgresError) -> String? { isNull(column) ? nil : try text(column) }
    /// A uuid, or nil for null.
    public func optionalUUID(_ column: Int) throws(PostgresError) -> UUID? { isNull(column) ? nil : try uuid(column) }
    /// A timestamptz, or nil for null.
    public func optionalTimestamp(_ column: Int) throws(PostgresError) -> Timestamp? { isNull(column) ? nil : try timestamp(column) }
    /// A date, or nil for null.
    public func optionalDate(_ column: Int) throws(PostgresError) -> CalendarDate? { isNull(column) ? nil : try date(column) }
    /// A bytea, or nil for null.
    public func optionalBytes(_ column: Int) throws(PostgresError) -> [UInt8]? { isNull(column) ? nil : try bytes(column) }
    /// The bytes of a json or jsonb, or nil for null.
    public func optionalJSON(_ column: Int) throws(PostgresError) -> [UInt8]? { isNull(column) ? nil : try json(column) }
}
