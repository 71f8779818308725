import Kernel

/// The streams of a compound file ([MS-CFB]), out of bytes that are held whole. Each chain of sectors is followed at most as far as the file has sectors.
struct CompoundFile {
    private static let endOfChain = 0xFFFF_FFFE
    private let bytes: [UInt8]
    private let sectorBytes: Int
    private let miniBytes = 64
    private let miniCutoff: Int
    private var table: [UInt32] = []
    private var miniTable: [UInt32] = []
    private var miniStream: [UInt8] = []
    private var streams: [String: (start: Int, size: Int)] = [:]

    /// Opens a file. Throws `UNPROCESSABLE_FILE` where its tables are damaged.
    init(_ bytes: [UInt8]) throws(AppError) {
        self.bytes = bytes
        let shift = bytes.u16(30)
        guard bytes.count >= 512, shift == 9 || shift == 12, bytes.u16(32) == 6 else { throw Self.damaged("its header") }
        sectorBytes = 1 << shift
        miniCutoff = bytes.u32(56)
        try readTable()
        let directory = try chain(bytes.u32(48), table, "the directory")
        try readDirectory(directory)
        miniTable = Self.numbers(try chain(bytes.u32(60), table, "the table of small sectors"))
    }

    /// Whether there is a stream of that name, upper and lower case alike.
    func has(_ name: String) -> Bool { streams[name.lowercased()] != nil }

    /// A stream's bytes; nil where there is none of that name.
    func stream(_ name: String) throws(AppError) -> [UInt8]? {
        guard let (start, size) = streams[name.lowercased()] else { return nil }
        var found = size < miniCutoff ? try miniChain(start, size, name) : try chain(start, table, name)
        if found.count > size { found.removeLast(found.count - size) }
        return found
    }

    private static func damaged(_ what: String) -> AppError { WorkbookFault.file("the workbook is damaged: \(what) cannot be read") }

    /// The table of sectors, whose own sectors the header and a chain of further ones list.
    private mutating func readTable() throws(AppError) {
        let most = bytes.count / sectorBytes + 1
        var sectors: [Int] = []
        for index in 0..<109 { sectors.append(bytes.u32(76 + 4 * index)) }
        var next = bytes.u32(68)
        var steps = 0
        while next < most {
            steps += 1
            guard steps <= most, let at = place(next) else { throw Self.damaged("its list of tables") }
            for index in 0..<sectorBytes / 4 - 1 { sectors.append(bytes.u32(at + 4 * index)) }
            next = bytes.u32(at + sectorBytes - 4)
        }
        for sector in sectors where sector < most {
            guard let at = place(sector), table.count <= (most + sectorBytes) * 2 else { throw Self.damaged("its table of sectors") }
            table += Self.numbers(Array(bytes[at..<at + sectorBytes]))
        }
    }

    private mutating func readDirectory(_ directory: [UInt8]) throws(AppError) {
        var at = 0
        while at + 128 <= directory.count {
            let nameBytes = min(max(directory.u16(at + 64) - 2, 0), 62)
            let units = stride(from: at, to: at + nameBytes, by: 2).map { UInt16(directory.u16($0)) }
            let (start, size) = (directory.u32(at + 116), directory.u32(at + 120))
            switch directory[at + 66] {
            case 2:
                let name = String(decoding: units, as: UTF16.self).lowercased()
                if streams[name] == nil { streams[name] = (start, size) }
            case 5: if size > 0 { miniStream = try chain(start, table, "the small streams") }
            default: break
            }
            at += 128
        }
    }

    private static func numbers(_ bytes: [UInt8]) -> [UInt32] { stride(from: 0, to: bytes.count - 3, by: 4).map { UInt32(bytes.u32($0)) } }

    /// Where a sector begins; the last one may be cut.
    private func place(_ sector: Int) -> Int? {
        let at = (sector + 1) * sectorBytes
        return at + sectorBytes <= bytes.count ? at : nil
    }

    private func chain(_ start: Int, _ table: [UInt32], _ what: String) throws(AppError) -> [UInt8] {
        var found: [UInt8] = []
        var sector = start
        while sector < Self.endOfChain - 1 {
            let at = (sector + 1) * sectorBytes
            guard at < bytes.count, found.count <= bytes.count, sector < table.count else { throw Self.damaged(what) }
            found += bytes[at..<min(at + sectorBytes, bytes.count)]
            sector = Int(table[sector])
        }
        return found
    }

    private func miniChain(_ start: Int, _ size: Int, _ what: String) throws(AppError) -> [UInt8] {
        var found: [UInt8] = []
        var sector = start
        while sector < Self.endOfChain - 1, found.count < size {
            let at = sector * miniBytes
            guard at < miniStream.count, sector < miniTable.count else { throw Self.damaged(what) }
            found += miniStream[at..<min(at + miniBytes, miniStream.count)]
            sector = Int(miniTable[sector])
        }
        return found
    }
}

extension [UInt8] {
    /// Two bytes, the lowest first; zero beyond the end.
    @inline(__always)
    func u16(_ at: Int) -> Int { at >= 0 && at + 2 <= count ? Int(self[at]) | Int(self[at + 1]) << 8 : 0 }

    /// Four bytes, the lowest first.
    @inline(__always)
    func u32(_ at: Int) -> Int { u16(at) | u16(at + 2) << 16 }

    /// A double, the lowest byte first.
    @inline(__always)
    func double(_ at: Int) -> Double { Double(bitPattern: UInt64(u32(at)) | UInt64(u32(at + 4)) << 32) }
}
