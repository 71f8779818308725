public import Kernel

extension WebAddress {
    /// The address in what a user typed or a server answered, read as the WHATWG URL standard does: its path and query may hold any characters, which
    /// are percent-encoded, dot segments are resolved, and a fragment is left out.
    ///
    /// Scheme and host are as strict as in ``init(_:field:)``: what programs disagree about is refused. Throws `VALIDATION_ERROR` naming `field`.
    public init(normalizing text: String, field: String = "url") throws(AppError) {
        guard text.utf8.count <= Self.maximumBytes else { throw AppError.invalid(field, "expected at most \(Self.maximumBytes) bytes") }
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, first > 0x20, last > 0x20, !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw AppError.invalid(field, "expected a URL without control characters, and without blanks around it")
        }
        // The authority ends at the first of these behind the scheme; the strict reader then has the last word on it.
        guard let scheme = ["https://", "http://"].first(where: { text.lowercased().hasPrefix($0) }) else {
            throw AppError.invalid(field, "expected a URL that begins with https:// or http://")
        }
        let behind = bytes.dropFirst(scheme.utf8.count)
        let end = behind.firstIndex { [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains($0) } ?? behind.endIndex
        let head = String(decoding: bytes[..<end], as: UTF8.self)
        try self.init(head + (try Self.target(bytes[end...], field)), field: field)
    }

    /// The address that a reference stands for on a page of this one (RFC 3986 section 5, as the WHATWG URL standard reads it). Throws `VALIDATION_ERROR`.
    public func resolving(_ reference: String, field: String = "location") throws(AppError) -> WebAddress {
        let path = String(target.prefix { $0 != "?" })
        let text = Self.trimmed(reference)
        // A name in front of the first colon, before any slash, is a scheme.
        let name = text.prefix { $0 != ":" && $0 != "/" && $0 != "?" && $0 != "#" }
        if name.count < text.count, text.dropFirst(name.count).first == ":" { return try WebAddress(normalizing: text, field: field) }
        if text.isEmpty || text.hasPrefix("#") { return self }
        if text.hasPrefix("//") { return try WebAddress(normalizing: "\(scheme.rawValue):\(text)", field: field) }
        if text.hasPrefix("/") { return try WebAddress(normalizing: origin + text, field: field) }
        if text.hasPrefix("?") { return try WebAddress(normalizing: origin + path + text, field: field) }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "/"
        return try WebAddress(normalizing: origin + folder + text, field: field)
    }

    /// Without the blanks that a header's value may have around it.
    private static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return String(rest)
    }

    /// Path and query, encoded. Throws where a backslash stands in the path, which some programs take for a slash.
    private static func target(_ bytes: ArraySlice<UInt8>, _ field: String) throws(AppError) -> String {
        let whole = bytes.prefix { $0 != UInt8(ascii: "#") }
        let path = whole.prefix { $0 != UInt8(ascii: "?") }
        guard !path.contains(UInt8(ascii: "\\")) else { throw AppError.invalid(field, "expected a path without backslashes") }
        let query = whole.dropFirst(path.count)
        return "/" + segments(path).joined(separator: "/") + encoded(query)
    }

    /// The path's segments without `.` and `..` (WHATWG URL, "path state"), which may be written with `%2e`.
    private static func segments(_ path: ArraySlice<UInt8>) -> [String] {
        var result: [String] = []
        let parts = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            switch String(decoding: part, as: UTF8.self).lowercased() {
            case ".", "%2e": if isLast { result.append("") }
            case "..", ".%2e", "%2e.", "%2e%2e":
                _ = result.popLast()
                if isLast { result.append("") }
            default: result.append(encoded(part))
            }
        }
        return result
    }

    /// What the strict reader does not take, as percent signs and digits: a superset of the standard's path and query percent-encode sets.
    private static func encoded(_ bytes: ArraySlice<UInt8>) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in bytes {
            if (0x21...0x7E).contains(byte), !#"\"<>^`{|}"#.utf8.contains(byte) {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
