import Kernel

/// Characters that XML cannot hold are written `_x000D_` in a workbook (ECMA-376 part 1, section 22.9.2.19).
enum EscapedText {
    /// Puts the characters in the place of what stands for them.
    static func decode(_ text: inout [UInt8]) {
        guard text.count >= 7, text.contains(UInt8(ascii: "_")) else { return }
        var kept = 0
        var at = 0
        while at < text.count {
            if let unit = unit(text, at), let scalar = Unicode.Scalar(unit) {
                for byte in UTF8.encode(scalar)! {
                    text[kept] = byte
                    kept += 1
                }
                at += 7
            } else {
                text[kept] = text[at]
                kept += 1
                at += 1
            }
        }
        text.removeLast(text.count - kept)
    }

    /// The value of `_xHHHH_` at a place; nil where none stands there.
    private static func unit(_ text: [UInt8], _ at: Int) -> UInt16? {
        guard text[at] == UInt8(ascii: "_"), at + 7 <= text.count, text[at + 1] == UInt8(ascii: "x"), text[at + 6] == UInt8(ascii: "_") else {
            return nil
        }
        var value: UInt16 = 0
        for index in at + 2..<at + 6 {
            guard let digit = Hex.value(of: text[index]) else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}
