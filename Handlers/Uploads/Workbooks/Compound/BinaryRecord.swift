/// Numbers of the records that are read ([MS-XLS] section 2.3).
enum BinaryRecord {
    static let formula = 0x0006
    static let endOfFile = 0x000A
    static let dateMode = 0x0022
    static let filePass = 0x002F
    static let continuation = 0x003C
    static let codePage = 0x0042
    static let boundSheet = 0x0085
    static let multipleRK = 0x00BD
    static let richString = 0x00D6
    static let format8 = 0x041E
    static let extendedFormat = 0x00E0
    static let mergedCells = 0x00E5
    static let sharedStrings = 0x00FC
    static let labelShared = 0x00FD
    static let number = 0x0203
    static let label = 0x0204
    static let boolOrError = 0x0205
    static let string = 0x0207
    static let rk = 0x027E
    static let beginOfFile = 0x0809
}

/// Walks over the records of a stream.
struct BinaryRecords: Sendable {
    let bytes: [UInt8]
    private(set) var type = 0
    /// Where the current record's data stand.
    private(set) var data = 0..<0
    private var at: Int

    init(_ bytes: [UInt8], at: Int = 0) {
        self.bytes = bytes
        self.at = at
    }

    /// Goes to the next record; false at the end of the stream, or where the next one would pass it.
    mutating func advance() -> Bool {
        guard at >= 0, at + 4 <= bytes.count else { return false }
        let end = at + 4 + bytes.u16(at + 2)
        guard end <= bytes.count else { return false }
        type = bytes.u16(at)
        data = at + 4..<end
        at = end
        return true
    }

    /// Where the next record begins.
    var next: Int { at }

    /// Goes back, or on, to a record.
    mutating func seek(_ place: Int) { at = place }

    /// The type of the record behind the current one; nil at the end.
    var following: Int? { at + 4 <= bytes.count ? bytes.u16(at) : nil }
}
