/// How large a batch gets, and what is refused.
public struct TypedLimits: Sendable, Hashable {
    /// A batch ends behind the record that passes this many fields. Defaults to 65,536.
    public var batchFields = 1 << 16
    /// The longest field, in bytes. Defaults to 1 MiB; a cell of Excel holds 32,767 characters.
    public var fieldBytes = 1 << 20
    /// The most bytes of text in all records together. Defaults to 8 GiB.
    public var textBytes = 8 << 30
    /// The most columns. Defaults to 16,384, as many as a sheet of Excel has.
    public var columns = 16_384
    /// How many empty fields may stand before others in all records together. Defaults to 4,000,000, and to 100 more for each field that holds something.
    public var emptyFields = 4_000_000

    /// The defaults.
    public init() {}
}
