/// Refused rows as CSV (RFC 4180): what stood in the file, with `refused_row`, `refused_line`, `refused_column` and `refused_reason` in front, so that
/// they can be put right and sent again.
public enum RefusalFile {
    /// The first line.
    public static func header(_ columns: [String]) -> [UInt8] {
        line(["refused_row", "refused_line", "refused_column", "refused_reason"] + columns)
    }

    /// One row's line.
    public static func line(_ refusal: Refusal) -> [UInt8] {
        line(["\(refusal.row)", "\(refusal.line)", refusal.column ?? "", refusal.reason] + refusal.fields)
    }

    private static func line(_ fields: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(field, to: &bytes)
        }
        return bytes + [0x0D, 0x0A]
    }

    private static func append(_ field: String, to bytes: inout [UInt8]) {
        var text = Array(field.utf8)
        // Programs run cells that begin so as formulas (OWASP, CSV injection); a sign in front of a number is none.
        if let first = text.first, first == UInt8(ascii: "=") || first == UInt8(ascii: "@") || first == 0x09 || first == 0x0D || isSigned(text) {
            text.insert(UInt8(ascii: "'"), at: 0)
        }
        guard text.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) || text.first == 0x20 || text.last == 0x20 else {
            bytes += text
            return
        }
        bytes.append(0x22)
        for byte in text {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        bytes.append(0x22)
    }

    /// A sign with something behind it that is no number.
    private static func isSigned(_ text: [UInt8]) -> Bool {
        guard let first = text.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") else { return false }
        return !text.dropFirst().allSatisfy {
            (48...57).contains($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") || $0 == 0x20 || $0 == UInt8(ascii: "%")
        }
    }
}
