public import Containers
public import JSONTables
public import Workbooks

/// What is read of a file of any kind, and what is refused beyond it.
public struct TableFileLimits: Sendable, Hashable {
    /// Limits of what is packed.
    public var container = ContainerLimits()
    /// Limits of workbooks.
    public var workbook = WorkbookLimits()
    /// Limits of JSON.
    public var json = JSONTableLimits()
    /// The largest workbook that is packed once more, by gzip or in an archive, and held whole therefore. Defaults to 32 MiB.
    public var heldBytes = 32 << 20
    /// How many bytes of a file are asked for at a time. Defaults to 256 KiB.
    public var pieceBytes = 256 << 10

    /// The defaults.
    public init() {}
}
