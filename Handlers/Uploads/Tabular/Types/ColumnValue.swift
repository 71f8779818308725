/// What one field holds, read by its column's type.
public enum ColumnValue: Sendable, Hashable {
    /// Nothing, or a word that stands for nothing.
    case null
    /// A number; of a percentage the number before the sign.
    case number(Double)
    /// A date with or without a time of day, in microseconds since 1970-01-01T00:00:00Z.
    case time(Int64)
    /// A time of day or a duration, in microseconds.
    case duration(Int64)
    case boolean(Bool)
    /// A text: the field itself.
    case text
    /// Something that is no value of the type.
    case invalid
}
