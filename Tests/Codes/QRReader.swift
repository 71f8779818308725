import Codes
import Kernel

/// Reads a QR code of level M and version 1 to 15 by the standard (ISO/IEC 18004), apart from the library that wrote it.
///
/// Corrects nothing: where a check symbol does not fit it throws.
struct QRReader {
    private let width: Int
    private var dark: [[Bool]]

    init(_ code: QRCode) {
        width = code.width
        dark = (0..<code.width).map { row in (0..<code.width).map { code.isDark(row: row, column: $0) } }
    }

    /// The same code with one module turned over.
    func flipping(row: Int, column: Int) -> QRReader {
        var reader = self
        reader.dark[row][column].toggle()
        return reader
    }

    private var version: Int { (width - 17) / 4 }

    /// The text of the one segment, in byte mode.
    func text() throws(AppError) -> String {
        let codewords = try self.codewords(mask: try maskPattern())
        let data = try blocks(codewords)
        var bits = Bits(data)
        guard bits.next(4) == 4 else { throw Self.fault("the segment is not in byte mode") }
        let count = bits.next(version < 10 ? 8 : 16)
        let bytes = (0..<count).map { _ in UInt8(bits.next(8)) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Self.fault("no UTF-8") }
        return text
    }

    /// Section 7.9: fifteen bits, five of them data, beside the upper left finder.
    private func maskPattern() throws(AppError) -> Int {
        let places = [(8, 0), (8, 1), (8, 2), (8, 3), (8, 4), (8, 5), (8, 7), (8, 8), (7, 8), (5, 8), (4, 8), (3, 8), (2, 8), (1, 8), (0, 8)]
        let read = (places.reduce(0) { $0 << 1 | (dark[$1.0][$1.1] ? 1 : 0) }) ^ 0b101_0100_0001_0010
        var rest = (read >> 10) << 10
        for bit in stride(from: 14, through: 10, by: -1) where rest >> bit & 1 == 1 { rest ^= 0b101_0011_0111 << (bit - 10) }
        guard rest == read & 0x3FF else { throw Self.fault("the format's check bits do not fit") }
        guard read >> 13 == 0 else { throw Self.fault("the level is not M") }
        return read >> 10 & 7
    }

    /// Section 7.7.3: upwards and downwards in columns of two, from the right.
    private func codewords(mask: Int) throws(AppError) -> [UInt8] {
        var bits: [Bool] = []
        var right = width - 1
        var upwards = true
        while right > 0 {
            if right == 6 { right -= 1 }
            for step in 0..<width {
                let row = upwards ? width - 1 - step : step
                for column in [right, right - 1] where !isFunction(row, column) { bits.append(dark[row][column] != Self.masks(mask, row, column)) }
            }
            upwards.toggle()
            right -= 2
        }
        return stride(from: 0, through: bits.count - 8, by: 8).map { start in bits[start..<start + 8].reduce(0) { $0 << 1 | ($1 ? 1 : 0) } }
    }

    private static func masks(_ mask: Int, _ i: Int, _ j: Int) -> Bool {
        switch mask {
        case 0: (i + j) % 2 == 0
        case 1: i % 2 == 0
        case 2: j % 3 == 0
        case 3: (i + j) % 3 == 0
        case 4: (i / 2 + j / 3) % 2 == 0
        case 5: i * j % 2 + i * j % 3 == 0
        case 6: (i * j % 2 + i * j % 3) % 2 == 0
        default: ((i + j) % 2 + i * j % 3) % 2 == 0
        }
    }

    private func isFunction(_ row: Int, _ column: Int) -> Bool {
        let far = width - 8
        if row < 9 && (column < 9 || column >= far) || row >= far && column < 9 || row == 6 || column == 6 { return true }
        if version >= 7, row < 6 && column >= width - 11 || column < 6 && row >= width - 11 { return true }
        let centres = Self.alignment[version - 1]
        for y in centres {
            for x in centres where abs(row - y) <= 2 && abs(column - x) <= 2 {
                let last = centres[centres.count - 1]
                if !((y, x) == (6, 6) || (y, x) == (6, last) || (y, x) == (last, 6)) { return true }
            }
        }
        return false
    }

    /// Puts interleaved blocks apart (section 7.6) and checks each: as a polynomial it is zero at the first powers of the field's generator.
    private func blocks(_ codewords: [UInt8]) throws(AppError) -> [UInt8] {
        let (checks, short, shortCount, longCount) = Self.levelM[version - 1]
        let count = shortCount + longCount
        var blocks = [[UInt8]](repeating: [], count: count)
        var position = 0
        for index in 0...short {
            for block in 0..<count where index < short || block >= shortCount {
                blocks[block].append(codewords[position])
                position += 1
            }
        }
        let data = blocks.flatMap { $0 }
        for _ in 0..<checks {
            for block in 0..<count {
                blocks[block].append(codewords[position])
                position += 1
            }
        }
        for block in blocks {
            for power in 0..<checks {
                let sum = block.reduce(UInt8(0)) { Self.times($0, Self.powers[power]) ^ $1 }
                guard sum == 0 else { throw Self.fault("a block's check symbols do not fit") }
            }
        }
        return data
    }

    /// The powers of 2 in the field of 256 elements with the polynomial 0x11D.
    private static let powers: [UInt8] = (0..<255).reduce(into: [UInt8(1)]) { powers, _ in powers.append(times(powers[powers.count - 1], 2)) }

    private static func times(_ a: UInt8, _ b: UInt8) -> UInt8 {
        var product = 0
        for bit in 0..<8 where b >> UInt8(bit) & 1 == 1 { product ^= Int(a) << bit }
        for bit in stride(from: 14, through: 8, by: -1) where product >> bit & 1 == 1 { product ^= 0x11D << (bit - 8) }
        return UInt8(product)
    }

    private static func fault(_ reason: String) -> AppError { AppError(.internalError, reason) }

    /// Annex E: where alignment patterns stand.
    private static let alignment: [[Int]] = [
        [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50], [6, 30, 54], [6, 32, 58], [6, 34, 62],
        [6, 26, 46, 66], [6, 26, 48, 70],
    ]

    /// Table 9, level M: check symbols of a block, data of a short one, how many short and long ones; a long block has one more byte of data.
    private static let levelM: [(checks: Int, short: Int, shortCount: Int, longCount: Int)] = [
        (10, 16, 1, 0), (16, 28, 1, 0), (26, 44, 1, 0), (18, 32, 2, 0), (24, 43, 2, 0), (16, 27, 4, 0), (18, 31, 4, 0), (22, 38, 2, 2),
        (22, 36, 3, 2), (26, 43, 4, 1), (30, 50, 1, 4), (22, 36, 6, 2), (22, 37, 8, 1), (24, 40, 4, 5), (24, 41, 5, 5),
    ]

    private struct Bits {
        let bytes: [UInt8]
        var position = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        mutating func next(_ count: Int) -> Int {
            var value = 0
            for _ in 0..<count {
                let byte = position / 8 < bytes.count ? bytes[position / 8] : 0
                value = value << 1 | Int(byte >> UInt8(7 - position % 8) & 1)
                position += 1
            }
            return value
        }
    }
}
