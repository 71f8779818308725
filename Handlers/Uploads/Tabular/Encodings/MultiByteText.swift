/// How much bytes look like text in the East Asian encodings: each character counts by how usual its row of the code table is.
enum MultiByteText {
    /// The encodings in which the bytes are valid, with 0…1 each.
    static func scores(_ bytes: UnsafeBufferPointer<UInt8>) -> [(encoding: TextEncoding, score: Double)] {
        [TextEncoding.shiftJIS, .eucJP, .gb18030, .big5, .cp949].compactMap { encoding in score(bytes, encoding).map { (encoding, $0) } }
    }

    /// The mean over all characters above ASCII; nil where more than one of 500 is invalid.
    private static func score(_ bytes: UnsafeBufferPointer<UInt8>, _ encoding: TextEncoding) -> Double? {
        var position = 0
        var sum = 0.0
        var units = 0
        var invalid = 0
        while position < bytes.count {
            let lead = bytes[position]
            if lead < 0x80 {
                position += 1
                continue
            }
            let trail = position + 1 < bytes.count ? bytes[position + 1] : 0
            let third = position + 2 < bytes.count ? bytes[position + 2] : 0
            if position + 1 >= bytes.count { break }
            units += 1
            guard let (weight, length) = character(lead, trail, third, encoding) else {
                invalid += 1
                position += 1
                if invalid * 500 > units + 500 { return nil }
                continue
            }
            sum += weight
            position += length
        }
        return units == 0 ? nil : (sum - Double(invalid)) / Double(units)
    }

    private static func character(
        _ lead: UInt8, _ trail: UInt8, _ third: UInt8, _ encoding: TextEncoding
    ) -> (Double, Int)? {
        switch encoding {
        case .shiftJIS: shiftJIS(lead, trail)
        case .eucJP: eucJP(lead, trail)
        case .gb18030: gb18030(lead, trail, third)
        case .big5: big5(lead, trail)
        default: cp949(lead, trail)
        }
    }

    /// JIS X 0208 in the shifted form: kana, kanji of level 1 (0x88…0x97), then the rare ones; half-width kana are single bytes.
    private static func shiftJIS(_ lead: UInt8, _ trail: UInt8) -> (Double, Int)? {
        if (0xA1...0xDF).contains(lead) { return (0.12, 1) }
        guard (0x81...0x9F).contains(lead) || (0xE0...0xFC).contains(lead), (0x40...0x7E).contains(trail) || (0x80...0xFC).contains(trail) else {
            return nil
        }
        switch lead {
        case 0x82, 0x83: return (1, 2)
        case 0x88...0x97: return (0.85, 2)
        case 0x81: return (0.6, 2)
        case 0x98...0x9F, 0xE0...0xEA: return (0.1, 2)
        case 0xFA...0xFC: return (0.05, 2)
        default: return (0, 2)
        }
    }

    private static func eucJP(_ lead: UInt8, _ trail: UInt8) -> (Double, Int)? {
        if lead == 0x8E { return (0xA1...0xDF).contains(trail) ? (0.1, 2) : nil }
        if lead == 0x8F { return trail >= 0xA1 ? (0.05, 3) : nil }
        guard (0xA1...0xFE).contains(lead), (0xA1...0xFE).contains(trail) else { return nil }
        if FrequentCharacters.japanese.contains(UInt16(lead) << 8 | UInt16(trail)) { return (1.2, 2) }
        switch lead {
        case 0xA4, 0xA5: return (1, 2)
        case 0xA1...0xA3: return (0.4, 2)
        case 0xB0...0xCF: return (0.75, 2)
        case 0xD0...0xF4: return (-0.3, 2)
        default: return (0, 2)
        }
    }

    /// GB 2312, of which Japanese in EUC-JP fills only the first half: symbols, hanzi of level 1 (0xB0…0xD7), of level 2; then the extensions of GBK and the four bytes of GB 18030.
    private static func gb18030(_ lead: UInt8, _ trail: UInt8, _ third: UInt8) -> (Double, Int)? {
        guard (0x81...0xFE).contains(lead) else { return lead == 0x80 ? (0.05, 1) : nil }
        if (0x30...0x39).contains(trail) { return (0x81...0xFE).contains(third) ? (0.05, 4) : nil }
        guard (0x40...0x7E).contains(trail) || (0x80...0xFE).contains(trail) else { return nil }
        guard trail >= 0xA1 else { return (0.3, 2) }
        if FrequentCharacters.chinese.contains(UInt16(lead) << 8 | UInt16(trail)) { return (1.2, 2) }
        switch lead {
        case 0xB0...0xD7: return (0.75, 2)
        case 0xA1...0xA3: return (0.4, 2)
        case 0xD8...0xF7: return (0.15, 2)
        default: return (0.05, 2)
        }
    }

    /// Big5: symbols, frequent characters (0xA4…0xC6), less frequent ones, the extensions of Hong Kong.
    private static func big5(_ lead: UInt8, _ trail: UInt8) -> (Double, Int)? {
        guard (0x81...0xFE).contains(lead), (0x40...0x7E).contains(trail) || (0xA1...0xFE).contains(trail) else { return nil }
        switch lead {
        case 0xA4...0xC6: return (0.8, 2)
        case 0xA1...0xA3: return (0.4, 2)
        case 0xC9...0xF9: return (0.1, 2)
        default: return (0.02, 2)
        }
    }

    /// KS X 1001: symbols, hangul (0xB0…0xC8), hanja; then the other hangul of the code page.
    private static func cp949(_ lead: UInt8, _ trail: UInt8) -> (Double, Int)? {
        guard (0x81...0xFE).contains(lead) else { return nil }
        let isExtension = (0x41...0x5A).contains(trail) || (0x61...0x7A).contains(trail) || (0x81...0xA0).contains(trail)
        guard trail >= 0xA1 && trail <= 0xFE || isExtension && lead <= 0xC6 else { return nil }
        guard trail >= 0xA1 else { return (0.05, 2) }
        switch lead {
        case 0xB0...0xC8: return (1, 2)
        case 0xA1...0xAC: return (0.3, 2)
        // Korean is written without hanja, but for a few; the other encodings have letters of every day here.
        case 0xC9...0xFE: return (-0.8, 2)
        default: return (0.05, 2)
        }
    }
}

/// Characters that tables are full of, whose codes mean rare ones in the other language: EUC-JP and GB 2312 share most of their codes.
private enum FrequentCharacters {
    /// 市 区 町 村 県 都 道 府 年 月 日 人 数 合 計 名 番 号 平 成 和 東 京 大 阪 中 国 地 総 男 女 住 所 別 in JIS X 0208.
    static let japanese: Set<UInt16> = [
        0xB5FE, 0xB6E8, 0xB7D7, 0xB7EE, 0xB8A9, 0xB9E6, 0xB9E7, 0xB9F1, 0xBAE5, 0xBBD4, 0xBDBB, 0xBDEA, 0xBDF7, 0xBFCD, 0xBFF4, 0xC0AE, 0xC1ED,
        0xC2BC, 0xC2E7, 0xC3CB, 0xC3CF, 0xC3E6, 0xC4AE, 0xC5D4, 0xC5EC, 0xC6BB, 0xC6FC, 0xC7AF, 0xC8D6, 0xC9DC, 0xCABF, 0xCACC, 0xCCBE, 0xCFC2,
    ]
    /// 市 区 县 省 州 年 月 日 人 数 合 计 名 号 的 上 海 北 京 中 国 地 男 女 址 类 别 量 金 额 业 in GB 2312.
    static let chinese: Set<UInt16> = [
        0xB1B1, 0xB1F0, 0xB5C4, 0xB5D8, 0xB6EE, 0xB9FA, 0xBAA3, 0xBAC5, 0xBACF, 0xBCC6, 0xBDF0, 0xBEA9, 0xC0E0, 0xC1BF, 0xC3FB, 0xC4D0, 0xC4EA,
        0xC5AE, 0xC7F8, 0xC8CB, 0xC8D5, 0xC9CF, 0xCAA1, 0xCAD0, 0xCAFD, 0xCFD8, 0xD2B5, 0xD4C2, 0xD6B7, 0xD6D0, 0xD6DD, 0xD7DC,
    ]
}
