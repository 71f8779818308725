public import Containers
public import TypedTables

/// What is read of a workbook, and what is refused beyond it.
public struct WorkbookLimits: Sendable, Hashable {
    /// Limits of batches, fields and columns.
    public var typed = TypedLimits()
    /// Limits of the archive that a workbook since Excel 2007 is.
    public var container = ContainerLimits()
    /// The longest workbook of Excel 5 to 2003, which is held whole. Defaults to 48 MiB.
    public var compoundBytes = 48 << 20

    /// The defaults: at most 1 GiB of text, since a cell may name a long one in few bytes.
    public init() { typed.textBytes = 1 << 30 }
}
