import HandlerKit

/// Which entries are wanted, as a query says it.
struct EventFilter: Sendable {
    var actor: UUID?
    var action: String?
    var target: String?
    var from: Timestamp?
    var to: Timestamp?

    /// The target's type, and its id behind a colon.
    var targetParts: (type: String?, id: String?) {
        guard let target else { return (nil, nil) }
        guard let colon = target.firstIndex(of: ":") else { return (target, nil) }
        return (String(target[..<colon]), String(target[target.index(after: colon)...]))
    }

    /// $5…$8 of the pages.
    var binds: [Bind] {
        let (type, id) = targetParts
        return [.optional(actor, Bind.uuid), .optional(action, Bind.text), .optional(type, Bind.text), .optional(id, Bind.text)]
    }

    /// What a cursor belongs to.
    var question: [String] {
        [actor?.description ?? "", action ?? "", target ?? "", from?.description ?? "", to?.description ?? ""]
    }

    func validate(_ issues: inout [AppError.Issue]) {
        if let from, let to { issues.require(from < to, "to", "expected a time after `from`") }
        issues.require(
            action.map(Self.isAction) ?? true, "action", "expected an action such as `member.removed`, or `member.` for all that begin so")
        issues.require(
            isTarget, "target", "expected a type such as `member`, or with an id of at most 200 characters as `member:<id>`")
    }

    /// Words joined by periods, with or without one at the end.
    private static func isAction(_ text: String) -> Bool {
        var words = text.split(separator: ".", omittingEmptySubsequences: false)
        if words.count > 1, words.last?.isEmpty == true { words.removeLast() }
        return text.utf8.count <= 64 && words.allSatisfy(isWord)
    }

    private var isTarget: Bool {
        guard target != nil else { return true }
        let (type, id) = targetParts
        return isWord(type ?? "") && (type ?? "").utf8.count <= 64 && (id.map { (1...200).contains($0.unicodeScalars.count) } ?? true)
    }
}

/// Lower-case letters, digits and `_`, a letter first.
private func isWord(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
    return text.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
    }
}

/// `GET /audit/events`
struct EventsQuery: Decodable, Sendable, Validated {
    let actor: UUID?
    let action: String?
    let target: String?
    let from: Timestamp?
    let to: Timestamp?
    let limit: Int?
    let cursor: String?

    var filter: EventFilter { EventFilter(actor: actor, action: action, target: target, from: from, to: to) }

    func validate(_ issues: inout [AppError.Issue]) {
        filter.validate(&issues)
        issues.require((1...200).contains(limit ?? 1), "limit", "expected a whole number from 1 to 200")
    }
}
