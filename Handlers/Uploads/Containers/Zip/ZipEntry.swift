/// One file of an archive, as the central directory describes it.
public struct ZipEntry: Sendable, Hashable {
    /// The name with `/` between folders, without a leading one.
    public let name: String
    /// Bytes in the archive.
    public let packedBytes: Int
    /// Bytes unpacked, as the directory says.
    public let unpackedBytes: Int
    /// 0 stored, 8 deflated; others are not read.
    let method: UInt16
    let isEncrypted: Bool
    let checksum: UInt32
    /// Where its local header stands in the file.
    let offset: Int

    /// Whether this is a folder, or what an operating system adds beside the files that somebody packed.
    public var isNoData: Bool {
        if name.hasSuffix("/") || name.isEmpty || name.hasPrefix("__MACOSX/") { return true }
        let last = name.split(separator: "/").last ?? ""
        return last.hasPrefix(".") || last == "Thumbs.db" || last == "desktop.ini"
    }

    /// Whether the name would leave the folder that it is unpacked to.
    public var leadsOut: Bool { name.split(separator: "/").contains("..") || name.contains(":") && name.dropFirst().first == ":" }
}
