public import TypedTables

/// How much of a JSON file is held at a time, and what is refused beyond it.
public struct JSONTableLimits: Sendable, Hashable {
    /// Limits of batches, fields and columns.
    public var typed: TypedLimits
    /// The longest record, in bytes of JSON. Defaults to 8 MiB.
    public var recordBytes = 8 << 20
    /// How deep arrays and objects may nest. Defaults to 200, which takes 100 KB of stack.
    public var depth = 200
    /// The longest path of a column, in bytes. Defaults to 1,024.
    public var nameBytes = 1024

    /// The defaults.
    public init() {
        typed = TypedLimits()
        typed.columns = 10_000
    }
}
