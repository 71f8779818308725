import Kernel

/// Path and query of a request (RFC 9112 section 3.2), checked: no NUL, no control characters, nothing that is not UTF-8.
struct RequestTarget {
    /// The decoded parts between the slashes, without the first empty one.
    private(set) var segments: [Substring] = []
    /// Behind the question mark, as it came.
    private(set) var query = ""

    /// The host that the absolute form names; it counts, not the `Host` line (RFC 9112 section 3.2.2).
    private(set) var authority: String?

    /// Reads the origin form (`/path?query`) or the absolute form (`http://host/path`). Throws `BAD_REQUEST` or `URI_TOO_LONG`.
    init(_ text: String, limit: Int) throws(AppError) {
        guard text.utf8.count <= limit else { throw AppError(.uriTooLong, "The address is longer than the \(limit) bytes allowed") }
        var escaped = false
        for byte in text.utf8 {
            guard byte > 0x20, byte < 0x7F else { throw AppError(.badRequest, "The address holds a character that must be percent-encoded") }
            switch byte {
            case UInt8(ascii: "%"): escaped = true
            case UInt8(ascii: "#"): throw AppError(.badRequest, "The address holds a fragment, which is not for a server")
            case UInt8(ascii: "\\"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""):
                throw AppError(.badRequest, "The address holds a character that must be percent-encoded")
            default: break
            }
        }
        var rest = text[...]
        if !rest.utf8.starts(with: "/".utf8) {
            guard let start = Self.authorityStart(of: rest) else { throw AppError(.badRequest, "The address does not start with a slash") }
            rest = rest[start...]
            let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.utf8.endIndex
            guard HostField.isSound(rest.utf8[..<end]) else { throw AppError(.badRequest, "The address does not name one host") }
            authority = String(rest[..<end])
            rest = rest[end...]
        }
        if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
            query = String(rest[rest.utf8.index(after: mark)...])
            rest = rest[..<mark]
        }
        if escaped { _ = try Self.decoded(query[...]) }
        segments.reserveCapacity(6)
        var position = rest.utf8.startIndex
        while position < rest.utf8.endIndex {
            let start = rest.utf8.index(after: position)
            let end = rest.utf8[start...].firstIndex(of: UInt8(ascii: "/")) ?? rest.utf8.endIndex
            segments.append(escaped ? try Self.decoded(rest[start..<end])[...] : rest[start..<end])
            position = end
        }
        for segment in segments where segment == "." || segment == ".." {
            throw AppError(.badRequest, "The path holds `\(segment)`")
        }
    }

    /// Where the host starts in `http://host/path`.
    private static func authorityStart(of text: Substring) -> Substring.Index? {
        for scheme in ["http://", "https://"] where text.utf8.count > scheme.utf8.count {
            let end = text.utf8.index(text.utf8.startIndex, offsetBy: scheme.utf8.count)
            if text.utf8[..<end].elementsEqual(scheme.utf8, by: { $0 | 0x20 == $1 | 0x20 }) { return end }
        }
        return nil
    }

    /// Percent-decoded text (RFC 3986 section 2.1).
    private static func decoded(_ text: Substring) throws(AppError) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next(), let low = iterator.next(), let value = Hex.decode(String(decoding: [high, low], as: UTF8.self))?.first
            else {
                throw AppError(.badRequest, "The address holds a `%` that is not followed by two hexadecimal digits")
            }
            guard value != 0 else { throw AppError(.badRequest, "The address holds a NUL character") }
            bytes.append(value)
        }
        guard let result = String(validating: bytes, as: UTF8.self) else { throw AppError(.badRequest, "The address is not UTF-8") }
        return result
    }
}
