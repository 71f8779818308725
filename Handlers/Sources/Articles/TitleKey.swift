/// A headline as far as it tells one story from another: letters and digits in small letters, without the publisher's name behind it.
struct TitleKey: Sendable, Hashable {
    let normalized: String

    /// `source` is the publisher's host.
    init(_ title: String, source: String) {
        let whole = Self.words(title)
        for separator in [" - ", " | ", " – ", " — ", " :: ", " · "] {
            guard let place = title.ranges(of: separator).last else { continue }
            let (head, tail) = (Self.words(String(title[..<place.lowerBound])), Self.words(String(title[place.upperBound...])))
            let name = tail.replacing(" ", with: "")
            let letters = source.lowercased().filter { $0.isLetter || $0.isNumber }
            guard !name.isEmpty, head.split(separator: " ").count >= 3, tail.split(separator: " ").count <= 5 else { continue }
            // `The Daily Example` at daily.example.org, and `BBC News` at bbc.co.uk.
            let label = source.split(separator: ".").first.map(String.init) ?? ""
            guard letters.contains(name) || label.count >= 3 && tail.split(separator: " ").contains(label[...]) else { continue }
            normalized = head
            return
        }
        // A headline of signs alone stands for itself.
        normalized = whole.isEmpty ? title : whole
    }

    private static func words(_ text: String) -> String {
        var result = ""
        var isBlank = true
        for character in text.lowercased() {
            if character.isLetter || character.isNumber {
                if isBlank, !result.isEmpty { result.append(" ") }
                isBlank = false
                result.append(character)
            } else if character != "'" && character != "’" {
                isBlank = true
            }
        }
        return result
    }
}
