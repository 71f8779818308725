/// Text from outside as the audit log keeps it.
enum AuditText {
    /// Without characters that could pretend to be something else where a line is shown, and cut to so many code points.
    static func cleaned(_ text: String, limit: Int) -> String {
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !pretends(scalar) {
            if kept.count == limit { break }
            kept.append(scalar)
        }
        return String(kept)
    }

    /// C0 and C1 controls, line and paragraph separators, and the marks that turn the direction of writing (Unicode Standard Annex 9).
    private static func pretends(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1f, 0x7f...0x9f, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: true
        default: false
        }
    }
}
