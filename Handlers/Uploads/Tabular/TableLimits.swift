/// How much of a file is held at a time, and what is refused beyond it.
public struct TableLimits: Sendable, Hashable {
    /// The most columns. Defaults to 10,000.
    public var columns = 10_000
    /// The longest field, in bytes. Defaults to 1 MiB.
    public var fieldBytes = 1 << 20
    /// The longest record, in bytes. Defaults to 16 MiB.
    public var recordBytes = 16 << 20
    /// The longest name of a column, in bytes. Defaults to 190.
    public var nameBytes = 190
    /// How many of the first rows decide what the columns hold. Defaults to 1,000.
    public var sampleRows = 1000
    /// How many bytes are gathered before that is decided. Defaults to 256 KiB.
    public var sampleBytes = 256 << 10
    /// How many cells one batch holds, absent ones included. Defaults to 50,000; a batch has at least one row.
    public var batchCells = 50_000
    /// How many refused rows are named. Defaults to 100; all are counted.
    public var namedRefusals = 100

    /// The defaults.
    public init() {}
}
