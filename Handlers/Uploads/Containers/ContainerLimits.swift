import Kernel

/// How much is unpacked, and what is refused beyond it.
public struct ContainerLimits: Sendable, Hashable {
    /// The most bytes that one file may unpack to. Defaults to 4 GiB.
    public var unpackedBytes = 4 << 30
    /// How many times larger than packed a file may become, once it is larger than ``freeBytes``. Defaults to 250: tables reach 5 to 50, bombs 1,000.
    public var ratio = 250
    /// Up to this size no ratio is asked for. Defaults to 8 MiB, which any reader is through in a moment.
    public var freeBytes = 8 << 20
    /// The most files in an archive. Defaults to 10,000.
    public var entries = 10_000
    /// The longest directory of an archive, in bytes. Defaults to 8 MiB.
    public var directoryBytes = 8 << 20
    /// How many bytes of a file are asked for at a time. Defaults to 128 KiB.
    public var pieceBytes = 128 << 10

    /// The defaults.
    public init() {}

    /// Throws `UNPROCESSABLE_FILE` where that many packed bytes may not become that many.
    func check(packed: Int, unpacked: Int, _ name: String) throws(AppError) {
        if unpacked > unpackedBytes {
            throw ContainerFault.file("\(name) unpacks to more than \(unpackedBytes) bytes; at most that many are read")
        }
        if unpacked > freeBytes, unpacked / ratio > packed {
            throw ContainerFault.file("\(name) unpacks to more than \(ratio) times its size; a table does not, so it is not unpacked")
        }
    }
}
