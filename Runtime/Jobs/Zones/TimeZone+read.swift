public import Kernel

extension TimeZone {
    /// Reads a file of the tz database, of version 2 or newer (RFC 8536, sections 3.1 to 3.3). Throws `VALIDATION_ERROR` where it is none.
    public init(name: String, file bytes: [UInt8]) throws(AppError) {
        var reader = ZoneReader(bytes, name)
        // The first block has times of 32 bits alone, and is skipped.
        let old = try reader.header()
        guard old.version >= UInt8(ascii: "2") else { throw ZoneReader.fault(name, "expected version 2 or newer") }
        try reader.skip(old.length(timeBytes: 4))
        let counts = try reader.header()
        guard counts.types > 0, counts.times <= 100_000 else { throw ZoneReader.fault(name, "expected at least one type of time") }
        var changes: [Int64] = []
        for _ in 0..<counts.times { changes.append(Int64(bitPattern: try reader.number(8))) }
        var kinds: [Int] = []
        for _ in 0..<counts.times { kinds.append(Int(try reader.number(1))) }
        var types: [Int32] = []
        for _ in 0..<counts.types {
            types.append(Int32(truncatingIfNeeded: try reader.number(4)))
            try reader.skip(2)
        }
        try reader.skip(counts.characters + counts.leaps * 12 + counts.standard + counts.universal)
        guard kinds.allSatisfy({ $0 < types.count }), zip(changes, changes.dropFirst()).allSatisfy({ $0 < $1 }),
            types.allSatisfy({ abs($0) <= 26 * 3600 })
        else { throw ZoneReader.fault(name, "its changes are not in order") }
        let footer = try reader.footer()
        self.init(
            name: name, changes: changes, offsets: kinds.map { types[$0] }, first: types[0],
            rule: footer.isEmpty ? nil : try ZoneRule(footer, zone: name))
    }
}

/// Takes numbers from the bytes of such a file.
private struct ZoneReader {
    struct Header {
        var version: UInt8
        var universal, standard, leaps, times, types, characters: Int

        func length(timeBytes: Int) -> Int { times * (timeBytes + 1) + types * 6 + characters + leaps * (timeBytes + 4) + standard + universal }
    }

    private let bytes: [UInt8]
    private let name: String
    private var position = 0

    init(_ bytes: [UInt8], _ name: String) {
        self.bytes = bytes
        self.name = name
    }

    static func fault(_ name: String, _ issue: String) -> AppError { .invalid("time_zone", "the file of `\(name)` is no time zone's: \(issue)") }

    mutating func header() throws(AppError) -> Header {
        guard try number(4) == 0x545A_6966 else { throw Self.fault(name, "expected `TZif` at byte \(position - 4)") }
        let version = UInt8(try number(1))
        try skip(15)
        var counts: [Int] = []
        for _ in 0..<6 { counts.append(Int(try number(4))) }
        return Header(
            version: version, universal: counts[0], standard: counts[1], leaps: counts[2], times: counts[3], types: counts[4], characters: counts[5])
    }

    mutating func number(_ count: Int) throws(AppError) -> UInt64 {
        guard position + count <= bytes.count else { throw Self.fault(name, "it ends at byte \(bytes.count)") }
        defer { position += count }
        return bytes[position..<position + count].reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func skip(_ count: Int) throws(AppError) {
        guard count >= 0, position + count <= bytes.count else { throw Self.fault(name, "it ends at byte \(bytes.count)") }
        position += count
    }

    mutating func footer() throws(AppError) -> String {
        guard try number(1) == 10, let end = bytes[position...].firstIndex(of: 10) else { throw Self.fault(name, "its footer is missing") }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }
}
