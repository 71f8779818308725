/// A tenant's short name, made of its name.
enum Slug {
    /// Lower-case letters and digits of ASCII, a letter first, parts joined by `-`; at most 50 bytes. `tenant` where nothing is left.
    static func make(from name: String) -> String {
        let parts = name.lowercased().unicodeScalars.split { scalar in !("a"..."z" ~= scalar || "0"..."9" ~= scalar) }
        var slug = parts.map { String($0) }.joined(separator: "-")
        if let first = slug.utf8.first, first < UInt8(ascii: "a") { slug = "t-\(slug)" }
        slug = String(slug.prefix(50))
        while slug.hasSuffix("-") { slug.removeLast() }
        return slug.isEmpty ? "tenant" : slug
    }
}
