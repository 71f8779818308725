/// Text as people read it: without markup, entities resolved, blanks single, no controls and no marks that turn the direction of what follows.
public enum CleanedText {
    /// At most so many Unicode scalars; a longer text is cut at the last blank before and ends with `…`.
    public static func clean(_ text: String, limit: Int) -> String {
        // Entities first and once only, so that what was written as `&lt;b&gt;` is a text and no markup afterwards.
        let plain = resolve(withoutTags(text))
        var result = String.UnicodeScalarView()
        var isBlank = true
        var count = 0
        for scalar in plain.unicodeScalars {
            if scalar.properties.isWhitespace || scalar.properties.generalCategory == .control {
                isBlank = true
                continue
            }
            guard !isHidden(scalar) else { continue }
            if isBlank, !result.isEmpty {
                result.append(" ")
                count += 1
            }
            isBlank = false
            guard count < limit - 1 else { return cut(result) }
            result.append(scalar)
            count += 1
        }
        return String(result)
    }

    /// One line of what somebody else has written, as it stands but without controls and what is not to be seen; at most so many Unicode scalars.
    public static func line(_ text: String, limit: Int) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(limit) where !isHidden(scalar) {
            result.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return String(result)
    }

    private static func cut(_ text: String.UnicodeScalarView) -> String {
        var kept = text
        if let blank = text.lastIndex(of: " "), text.distance(from: blank, to: text.endIndex) < 80 { kept = .init(text[..<blank]) }
        kept.append("…")
        return String(kept)
    }

    /// Nothing to be seen: marks of direction, zero widths but the joiners that some scripts need, replacement and private use.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x206F, 0xFEFF, 0xFFF9...0xFFFD, 0xE000...0xF8FF, 0xAD: true
        default: false
        }
    }

    /// What stands between `<` and `>`, where it looks like a tag, a comment or a script, is left out.
    private static func withoutTags(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "<")) else { return text }
        var result: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "<"), index + 1 < bytes.count, startsTag(bytes[index + 1]) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            if let end = skipped(bytes, from: index) {
                result.append(UInt8(ascii: " "))
                index = end
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func startsTag(_ byte: UInt8) -> Bool {
        (byte | 0x20 >= 97 && byte | 0x20 <= 122) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "!") || byte == UInt8(ascii: "?")
    }

    /// Behind the tag that begins at a place; behind the closing tag of scripts and styles. Nil where it has no end.
    private static func skipped(_ bytes: [UInt8], from start: Int) -> Int? {
        if bytes[start...].starts(with: "<!--".utf8) { return find("-->", in: bytes, from: start + 4) ?? bytes.count }
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: ">")) else { return nil }
        for name in ["script", "style"] {
            let opened = bytes[start + 1..<end].prefix(name.utf8.count).map { $0 | 0x20 }
            if opened.elementsEqual(name.utf8) { return find("</\(name)>", in: bytes, from: end + 1) ?? bytes.count }
        }
        return end + 1
    }

    private static func find(_ text: String, in bytes: [UInt8], from start: Int) -> Int? {
        let wanted = Array(text.utf8)
        var index = start
        while index + wanted.count <= bytes.count {
            let isThere = zip(bytes[index...], wanted).allSatisfy { ($0 >= 65 && $0 <= 90 ? $0 | 0x20 : $0) == $1 }
            if isThere { return index + wanted.count }
            index += 1
        }
        return nil
    }

    /// Character references (HTML 13.2.5.72): by number, and by the names that texts of the news use.
    private static func resolve(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var result = ""
        var rest = text[...]
        while let amp = rest.firstIndex(of: "&") {
            result += rest[..<amp]
            rest = rest[amp...]
            let name = rest.dropFirst().prefix(12).prefix { $0 != ";" && $0 != "&" && !$0.isWhitespace }
            let end = rest.index(after: rest.startIndex)
            let after = rest.index(end, offsetBy: name.count)
            if after < rest.endIndex, rest[after] == ";", let character = reference(name) {
                result.unicodeScalars.append(character)
                rest = rest[rest.index(after: after)...]
            } else {
                result += "&"
                rest = rest[end...]
            }
        }
        return result + rest
    }

    private static func reference(_ name: Substring) -> Unicode.Scalar? {
        if name.first == "#" {
            let digits = name.dropFirst()
            let value = digits.first.map { $0 == "x" || $0 == "X" } == true ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            guard let value, value != 0 else { return nil }
            return Unicode.Scalar(value) ?? "\u{FFFD}"
        }
        return names[String(name)]
    }

    private static let names: [String: Unicode.Scalar] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "ndash": "–", "mdash": "—", "lsquo": "‘", "rsquo": "’",
        "ldquo": "“", "rdquo": "”", "sbquo": "‚", "bdquo": "„", "laquo": "«", "raquo": "»", "hellip": "…", "bull": "•", "middot": "·", "euro": "€",
        "pound": "£", "yen": "¥", "cent": "¢", "copy": "©", "reg": "®", "trade": "™", "deg": "°", "sect": "§", "para": "¶", "times": "×",
        "auml": "ä", "ouml": "ö", "uuml": "ü", "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü", "szlig": "ß", "eacute": "é", "egrave": "è", "agrave": "à",
        "aacute": "á", "iacute": "í", "oacute": "ó", "uacute": "ú", "ccedil": "ç", "ntilde": "ñ", "ecirc": "ê", "ocirc": "ô", "acirc": "â",
        "icirc": "î", "ucirc": "û", "aring": "å", "aelig": "æ", "oslash": "ø", "euml": "ë", "iuml": "ï",
    ]
}
