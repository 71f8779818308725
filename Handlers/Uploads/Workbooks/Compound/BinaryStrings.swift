import Kernel

/// Reads the table of shared strings ([MS-XLS] section 2.4.265), whose strings go on from record to record wherever a record was full.
struct BinaryStrings {
    private let records: [Range<Int>]
    private let bytes: [UInt8]
    private var record = 0
    private var at = 0

    /// - Parameter records: the data of the table's record and of those that continue it.
    init(_ bytes: [UInt8], records: [Range<Int>]) {
        self.bytes = bytes
        self.records = records
        at = records.first?.lowerBound ?? 0
    }

    /// All strings. A table that is cut gives those before the cut.
    mutating func read() throws(AppError) -> SharedStrings {
        var strings = SharedStrings()
        guard let first = records.first, first.count >= 8 else { return strings }
        let count = bytes.u32(first.lowerBound + 4)
        at += 8
        while strings.count < count, let units = string() { try strings.append(BinaryText.utf8(units)) }
        return strings
    }

    private mutating func string() -> [UInt16]? {
        guard let length = number(2), let flags = number(1) else { return nil }
        var runs = 0
        var extra = 0
        if flags & 8 != 0 {
            guard let count = number(2) else { return nil }
            runs = count
        }
        if flags & 4 != 0 {
            guard let low = number(2), let high = number(2) else { return nil }
            extra = low | high << 16
        }
        guard let units = units(length, isWide: flags & 1 != 0), skip(runs * 4 + extra) else { return nil }
        return units
    }

    /// Characters; each record that continues them says anew how wide they are.
    private mutating func units(_ length: Int, isWide: Bool) -> [UInt16]? {
        var isWide = isWide
        var units: [UInt16] = []
        units.reserveCapacity(length)
        while units.count < length {
            let width = isWide ? 2 : 1
            let here = min(length - units.count, (records[record].upperBound - at) / width)
            for index in 0..<here { units.append(isWide ? UInt16(bytes.u16(at + 2 * index)) : UInt16(bytes[at + index])) }
            at += here * width
            guard units.count < length else { break }
            guard nextRecord(), at < records[record].upperBound else { return nil }
            isWide = bytes[at] & 1 != 0
            at += 1
        }
        return units
    }

    private mutating func number(_ width: Int) -> Int? {
        if at >= records[record].upperBound { guard nextRecord() else { return nil } }
        guard at + width <= records[record].upperBound else { return nil }
        defer { at += width }
        return width == 1 ? Int(bytes[at]) : bytes.u16(at)
    }

    private mutating func skip(_ count: Int) -> Bool {
        var left = count
        while left > 0 {
            let here = min(left, records[record].upperBound - at)
            at += here
            left -= here
            if left > 0 { guard nextRecord() else { return false } }
        }
        return true
    }

    private mutating func nextRecord() -> Bool {
        guard record + 1 < records.count else { return false }
        record += 1
        at = records[record].lowerBound
        return true
    }
}
