/// `&amp;`, `&#8217;`, `&#x2019;`: the references that news texts hold (HTML, section 13.5).
enum CharacterReference {
    /// The character that a reference at the beginning stands for, and the reference's length in bytes; nil: it is none.
    static func read(_ bytes: ArraySlice<UInt8>) -> (scalar: Unicode.Scalar, length: Int)? {
        let window = bytes.prefix(12)
        guard let end = window.firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let name = String(decoding: window[(window.startIndex + 1)..<end], as: UTF8.self)
        let length = end - window.startIndex + 1
        if name.hasPrefix("#x") || name.hasPrefix("#X") {
            return UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init).map { ($0, length) }
        }
        if name.hasPrefix("#") { return UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init).map { ($0, length) } }
        return named[name].map { ($0, length) }
    }

    private static let named: [String: Unicode.Scalar] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "ndash": "\u{2013}", "mdash": "\u{2014}", "lsquo": "\u{2018}",
        "rsquo": "\u{2019}", "ldquo": "\u{201C}", "rdquo": "\u{201D}", "hellip": "\u{2026}", "bull": "\u{2022}", "middot": "\u{B7}",
        "euro": "\u{20AC}",
        "pound": "\u{A3}", "yen": "\u{A5}", "cent": "\u{A2}", "copy": "\u{A9}", "reg": "\u{AE}", "trade": "\u{2122}", "deg": "\u{B0}",
        "frac12": "\u{BD}",
        "eacute": "\u{E9}", "egrave": "\u{E8}", "agrave": "\u{E0}", "ccedil": "\u{E7}", "auml": "\u{E4}", "ouml": "\u{F6}", "uuml": "\u{FC}",
        "Auml": "\u{C4}", "Ouml": "\u{D6}", "Uuml": "\u{DC}", "szlig": "\u{DF}", "ntilde": "\u{F1}", "aacute": "\u{E1}", "iacute": "\u{ED}",
        "oacute": "\u{F3}", "uacute": "\u{FA}", "shy": "\u{AD}", "thinsp": " ", "ensp": " ", "emsp": " ",
    ]
}
