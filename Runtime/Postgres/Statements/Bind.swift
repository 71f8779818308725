public import Kernel

/// A value for one `$n`, sent in Postgres' binary form with its type, so that the server reads exactly what was meant.
public enum Bind: Sendable {
    case null
    case bool(Bool)
    case int32(Int32)
    case int64(Int64)
    case float8(Double)
    case text(String)
    case uuid(UUID)
    /// `timestamptz`
    case timestamp(Timestamp)
    case date(CalendarDate)
    /// `jsonb`, as its UTF-8 text.
    case json([UInt8])
    /// `bytea`
    case bytes([UInt8])
    /// `text` given as UTF-8 bytes.
    case textBytes([UInt8])
    /// An array that the caller built element by element; the cheap way for long ones.
    case array(BinaryArray)

    /// `int8[]`
    public static func int64s(_ values: [Int64]) -> Bind { .array(BinaryArray(of: .int64, values) { $0.append($1) }) }
    /// `float8[]`
    public static func float8s(_ values: [Double]) -> Bind { .array(BinaryArray(of: .float8, values) { $0.append($1) }) }
    /// `timestamptz[]`
    public static func timestamps(_ values: [Timestamp]) -> Bind { .array(BinaryArray(of: .timestamp, values) { $0.append($1) }) }
    /// `uuid[]`
    public static func uuids(_ values: [UUID]) -> Bind { .array(BinaryArray(of: .uuid, values) { $0.append($1) }) }
    /// `text[]`
    public static func texts(_ values: [String]) -> Bind { .array(BinaryArray(of: .text, values) { $0.append($1) }) }
    /// An identifier of any kind, as `uuid`.
    public static func id(_ value: some TypedID) -> Bind { .uuid(value.uuid) }
    /// A value or null.
    public static func optional<Value>(_ value: Value?, _ bind: (Value) -> Bind) -> Bind { value.map(bind) ?? .null }
}
