public import Kernel

extension Row {
    public func optionalInt64(_ column: Int) throws(PostgresError) -> Int64? { isNull(column) ? nil : try int64(column) }
    public func optionalInt32(_ column: Int) throws(PostgresError) -> Int32? { isNull(column) ? nil : try int32(column) }
    public func optionalFloat8(_ column: Int) throws(PostgresError) -> Double? { isNull(column) ? nil : try float8(column) }
    public func optionalBool(_ column: Int) throws(PostgresError) -> Bool? { isNull(column) ? nil : try bool(column) }
    public func optionalText(_ column: Int) throws(PostgresError) -> String? { isNull(column) ? nil : try text(column) }
    public func optionalUUID(_ column: Int) throws(PostgresError) -> UUID? { isNull(column) ? nil : try uuid(column) }
    public func optionalTimestamp(_ column: Int) throws(PostgresError) -> Timestamp? { isNull(column) ? nil : try timestamp(column) }
    public func optionalDate(_ column: Int) throws(PostgresError) -> CalendarDate? { isNull(column) ? nil : try date(column) }
    public func optionalBytes(_ column: Int) throws(PostgresError) -> [UInt8]? { isNull(column) ? nil : try bytes(column) }
    public func optionalJSON(_ column: Int) throws(PostgresError) -> [UInt8]? { isNull(column) ? nil : try json(column) }
}
