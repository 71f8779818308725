public import Kernel

/// The files of an archive (APPNOTE 6.3.10, sections 4.3.12 to 4.3.16, 4.5.3), found from its end, as a machine that asks for the parts of the file.
///
/// ```
/// while let range = directory.wanted { try directory.supply(bytes(of: range)) }
/// ```
/// Throws `UNPROCESSABLE_FILE` where the archive is damaged, cut, of several disks, or beyond ``ContainerLimits``.
public struct ZipDirectory: Sendable {
    private enum State { case end, end64, entries, done }

    private static let endBytes = 22
    private static let locatorBytes = 20
    private let limits: ContainerLimits
    private let size: Int
    private var state = State.end
    private var count = 0
    private var length = 0
    private var start = 0
    /// Where the directory ends, by the place of the record behind it.
    private var end = 0
    /// Bytes of something else in front of the archive.
    private var shift = 0
    private var byName: [String: Int] = [:]
    /// What has to be read next; nil once all entries are known.
    public private(set) var wanted: Range<Int>?
    /// The files in the order of the directory.
    public private(set) var entries: [ZipEntry] = []

    /// The directory of an archive of that many bytes.
    public init(size: Int, limits: ContainerLimits = ContainerLimits()) {
        self.size = size
        self.limits = limits
        wanted = max(0, size - 65_535 - Self.endBytes - Self.locatorBytes)..<size
    }

    /// The file of that name, upper and lower case alike; of two of one name the last.
    public func entry(named name: String) -> ZipEntry? { byName[name.lowercased()].map { entries[$0] } }

    /// Takes the bytes that were ``wanted``.
    public mutating func supply(_ bytes: [UInt8]) throws(AppError) {
        guard let range = wanted, bytes.count == range.count else { throw Self.cut }
        wanted = nil
        switch state {
        case .end: try readEnd(bytes, from: range.lowerBound)
        case .end64: try readEnd64(bytes)
        case .entries: try readEntries(bytes)
        case .done: break
        }
    }

    private static let cut = ContainerFault.file("the zip archive has no directory at its end; is it a part of a file?")

    private mutating func readEnd(_ bytes: [UInt8], from offset: Int) throws(AppError) {
        var at = bytes.count - Self.endBytes
        while at >= 0, bytes.u32(at) != 0x0605_4B50 || at + Self.endBytes + bytes.u16(at + 20) > bytes.count { at -= 1 }
        guard at >= 0 else { throw Self.cut }
        guard bytes.u16(at + 4) == bytes.u16(at + 6) || bytes.u16(at + 4) == 0xFFFF else {
            throw ContainerFault.file("the zip archive spans several disks; expected one file")
        }
        (count, length, start, end) = (bytes.u16(at + 10), bytes.u32(at + 12), bytes.u32(at + 16), offset + at)
        let locator = at - Self.locatorBytes
        guard locator >= 0, bytes.u32(locator) == 0x0706_4B50 else { return try wantEntries() }
        let place = bytes.u64(locator + 8)
        guard place <= offset + locator - 56 else { throw Self.cut }
        end = place
        state = .end64
        wanted = place..<place + 56
    }

    private mutating func readEnd64(_ bytes: [UInt8]) throws(AppError) {
        guard bytes.u32(0) == 0x0606_4B50 else { throw Self.cut }
        (count, length, start) = (bytes.u64(32), bytes.u64(40), bytes.u64(48))
        try wantEntries()
    }

    private mutating func wantEntries() throws(AppError) {
        guard count <= limits.entries else {
            throw ContainerFault.file("the zip archive holds \(count) files; at most \(limits.entries) are read")
        }
        guard length <= limits.directoryBytes else {
            throw ContainerFault.file("the zip archive's directory has \(length) bytes; at most \(limits.directoryBytes) are read")
        }
        guard start <= end, length <= end - start else { throw Self.cut }
        shift = end - start - length
        state = .entries
        wanted = end - length..<end
    }

    private mutating func readEntries(_ bytes: [UInt8]) throws(AppError) {
        var at = 0
        for _ in 0..<count {
            guard at + 46 <= bytes.count, bytes.u32(at) == 0x0201_4B50 else {
                throw ContainerFault.at(byte: end - length + at, "the zip archive's directory is damaged there")
            }
            let nameEnd = at + 46 + bytes.u16(at + 28)
            let extraEnd = nameEnd + bytes.u16(at + 30)
            guard extraEnd <= bytes.count else { throw Self.cut }
            let entry = try entry(bytes, at, nameEnd, extraEnd)
            byName[entry.name.lowercased()] = entries.count
            entries.append(entry)
            at = extraEnd + bytes.u16(at + 32)
        }
        state = .done
    }

    private func entry(_ bytes: [UInt8], _ at: Int, _ nameEnd: Int, _ extraEnd: Int) throws(AppError) -> ZipEntry {
        var (packed, unpacked, offset) = (bytes.u32(at + 20), bytes.u32(at + 24), bytes.u32(at + 42))
        var extra = nameEnd
        while extra + 4 <= extraEnd {
            let length = bytes.u16(extra + 2)
            if bytes.u16(extra) == 0x0001 {
                var field = extra + 4
                let last = min(field + length, extraEnd)
                for value in [\Sizes.unpacked, \.packed, \.offset] {
                    var sizes = Sizes(unpacked: unpacked, packed: packed, offset: offset)
                    guard sizes[keyPath: value] == 0xFFFF_FFFF, field + 8 <= last else { continue }
                    sizes[keyPath: value] = bytes.u64(field)
                    (unpacked, packed, offset) = (sizes.unpacked, sizes.packed, sizes.offset)
                    field += 8
                }
            }
            extra += 4 + length
        }
        let name = Self.name(bytes[at + 46..<nameEnd])
        guard offset <= size, shift + offset <= size, packed <= size - shift - offset else {
            throw ContainerFault.file("the zip archive says that \(name.prefix(100)) lies beyond the archive's end; is it a part of a file?")
        }
        return ZipEntry(
            name: name, packedBytes: packed, unpackedBytes: unpacked, method: UInt16(bytes.u16(at + 10)),
            isEncrypted: bytes.u16(at + 8) & 1 != 0, checksum: UInt32(bytes.u32(at + 16)), offset: shift + offset)
    }

    private struct Sizes {
        var unpacked: Int
        var packed: Int
        var offset: Int
    }

    /// Some programs write backslashes, or begin with a slash.
    private static func name(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }, as: UTF8.self)
        return String(text.drop { $0 == "/" })
    }
}
