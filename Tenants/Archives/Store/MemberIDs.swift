/// Where a column's text holds ids, and so may name members, who may have other ids where an archive is read.
enum MemberIDs: Sendable, Hashable {
    case none
    /// The text is one.
    case one
    /// A list between braces.
    case list
    /// A document in which strings and names may be ids: `{"user_ids": ["0190c5a4-…"]}`.
    case document

    /// Of a column's type, as Postgres names it.
    init(type: String) {
        switch type {
        case "uuid": self = .one
        case "uuid[]": self = .list
        case "json", "jsonb": self = .document
        default: self = .none
        }
    }

    /// The text with each member's id put in the place of the one in the archive; nil where it names none of them. `people` is by the archive's ids, in
    /// the form in which Postgres writes them; so a text that only contains one stays as it is.
    func mapped(_ text: ArraySlice<UInt8>, _ people: [String: String]) -> [UInt8]? {
        switch self {
        case .none: nil
        case .one: people[String(decoding: text, as: UTF8.self)].map { Array($0.utf8) }
        case .list:
            Self.mapped(text, people) {
                "{,".utf8.contains($0)
            } isEnd: {
                ",}".utf8.contains($0)
            }
        case .document:
            Self.mapped(text, people) {
                $0 == UInt8(ascii: "\"")
            } isEnd: {
                $0 == UInt8(ascii: "\"")
            }
        }
    }

    private static let length = 36

    private static func mapped(
        _ text: ArraySlice<UInt8>, _ people: [String: String], isStart: (UInt8) -> Bool, isEnd: (UInt8) -> Bool
    ) -> [UInt8]? {
        guard text.count > length + 1 else { return nil }
        var result: [UInt8] = []
        // Up to here the result holds the text.
        var copied = text.startIndex
        var place = text.startIndex
        while place + length + 1 < text.endIndex {
            defer { place += 1 }
            let first = place + 1, end = first + length
            // A hyphen at its ninth byte rules out almost all that is none.
            guard isStart(text[place]), text[first + 8] == UInt8(ascii: "-"), isEnd(text[end]),
                let here = people[String(decoding: text[first..<end], as: UTF8.self)]
            else { continue }
            result += text[copied..<first]
            result += here.utf8
            copied = end
        }
        if copied == text.startIndex { return nil }
        return result + text[copied...]
    }
}
