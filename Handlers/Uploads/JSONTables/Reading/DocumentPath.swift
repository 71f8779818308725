/// Where in a document of nested objects a reader stands.
struct DocumentPath: Sendable {
    /// What may come next.
    enum Expected: Sendable { case nameOrEnd, name, colon, value, commaOrEnd }

    /// Deeper objects are not searched for a list.
    static let deepest = 8
    var expected = Expected.nameOrEnd
    /// The names on the way, one for each object that is open; empty for one whose first name is still to come.
    private(set) var names: [String] = []

    /// An object opens.
    mutating func open() {
        names.append("")
        expected = .nameOrEnd
    }

    /// The innermost object closes; false where the document does with it.
    mutating func close() -> Bool {
        names.removeLast()
        expected = .commaOrEnd
        return !names.isEmpty
    }

    mutating func name(_ name: String) {
        names[names.count - 1] = name
        expected = .colon
    }

    /// `result.records`
    var text: String { names.joined(separator: ".") }
}
