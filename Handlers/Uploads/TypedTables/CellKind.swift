/// What a field was in a file that says so itself, as workbooks and JSON do.
public enum CellKind: UInt8, Sendable, Hashable {
    /// Nothing is there, or `null`.
    case empty
    case text
    /// A decimal number with `.`: the shortest that reads back as the same double, or as it was written.
    case number
    /// `true` or `false`.
    case bool
    /// `2024-01-31`
    case date
    /// `2024-01-31T08:00:00`, with six digits of a second's fraction where there is one; without a zone.
    case datetime
    /// `08:00:00`
    case time
    /// `PT5400S` (ISO 8601-1 section 5.5.2), in seconds.
    case duration
    /// What a formula gave in place of a value: `#N/A`, `#DIV/0!`.
    case error
    /// A JSON array, or an object where none can stand, as it was written.
    case json
}
