/// Texts of elements in the short answers of S3. It knows no nesting of elements of one name, no attributes and no declarations, which those answers
/// do not have.
struct XMLText {
    private let text: String

    init(_ bytes: [UInt8]) { text = String(decoding: bytes, as: UTF8.self) }

    private init(_ text: Substring) { self.text = String(text) }

    /// The text of the first element of a name; nil where there is none.
    func first(_ name: String) -> String? { elements(name, most: 1).first.map { Self.unescaped($0.text[...]) } }

    /// All elements of a name, each with what is inside.
    func all(_ name: String) -> [XMLText] { elements(name, most: .max) }

    private func elements(_ name: String, most: Int) -> [XMLText] {
        let (open, close) = ("<\(name)>", "</\(name)>")
        var found: [XMLText] = []
        var rest = text[...]
        while found.count < most, let start = rest.firstRange(of: open) {
            let inside = rest[start.upperBound...]
            guard let end = inside.firstRange(of: close) else { break }
            found.append(XMLText(inside[..<end.lowerBound]))
            rest = inside[end.upperBound...]
        }
        return found
    }

    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        var result = String(text)
        for (name, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&apos;", "'"), ("&amp;", "&")] {
            result = result.split(separator: name, omittingEmptySubsequences: false).joined(separator: character)
        }
        return result
    }
}

extension Substring {
    /// Where a short text first stands, byte by byte.
    fileprivate func firstRange(of text: String) -> Range<Index>? {
        var start = startIndex
        let wanted = Array(text.utf8)
        while let place = self[start...].utf8.firstIndex(of: wanted[0]) {
            if self[place...].utf8.starts(with: wanted) { return place..<utf8.index(place, offsetBy: wanted.count) }
            start = utf8.index(after: place)
        }
        return nil
    }
}
