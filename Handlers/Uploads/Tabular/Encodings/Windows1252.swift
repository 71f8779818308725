/// The characters of cp1252, as a table.
enum Windows1252 {
    /// 0x80…0x9F; zero where the code page has no character.
    private static let upper: [UInt16] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
    ]

    /// The character of a byte in UTF-8; U+FFFD for NUL and where there is none.
    static func utf8(_ byte: UInt8) -> [UInt8] {
        let scalar: UInt16
        switch byte {
        case 0: scalar = 0xFFFD
        case 0x80...0x9F: scalar = upper[Int(byte) - 0x80] == 0 ? 0xFFFD : upper[Int(byte) - 0x80]
        default: scalar = UInt16(byte)
        }
        if scalar < 0x80 { return [UInt8(scalar)] }
        if scalar < 0x800 { return [0xC0 | UInt8(scalar >> 6), 0x80 | UInt8(scalar & 0x3F)] }
        return [0xE0 | UInt8(scalar >> 12), 0x80 | UInt8(scalar >> 6 & 0x3F), 0x80 | UInt8(scalar & 0x3F)]
    }
}
