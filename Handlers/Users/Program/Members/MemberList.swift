import HandlerKit
import Tokens

/// A page of members, as it is asked for.
struct MemberQuery: Decodable, Sendable, Validated {
    /// 1 to 200, 50 unless given.
    let limit: Int?
    /// Where the page before ended.
    let cursor: String?

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((1...200).contains(limit ?? 50), "limit", "expected 1 to 200")
        issues.require(cursor.map { MemberCursor($0) != nil } ?? true, "cursor", "expected a `next_cursor` of this list")
    }
}

/// A place in the list of members, which is in the order in which they joined. Of no use in another tenant: the list is the tenant's own.
struct MemberCursor: Hashable, Sendable, LosslessStringConvertible {
    let joinedAt: Timestamp
    let user: UserID

    static let start = MemberCursor(joinedAt: Timestamp(seconds: 0), user: UserID(.zero))

    init(joinedAt: Timestamp, user: UserID) {
        self.joinedAt = joinedAt
        self.user = user
    }

    init?(_ text: String) {
        guard let bytes = Base64.url.decode(text), bytes.count == 24 else { return nil }
        func word(_ start: Int) -> UInt64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        joinedAt = Timestamp(microseconds: Int64(bitPattern: word(0)))
        // Up to the year 9999, which the database can tell from others.
        guard (0...253_402_300_799).contains(joinedAt.seconds) else { return nil }
        user = UserID(UUID(high: word(8), low: word(16)))
    }

    var description: String {
        let words = [UInt64(bitPattern: joinedAt.microseconds), user.uuid.high, user.uuid.low]
        return Base64.url.encode(words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - $0 * 8)) } })
    }
}

/// A member as others of the tenant see them.
struct MemberAnswer: Codable, Sendable {
    let userID: UserID
    let email: String
    let name: String
    let avatarURL: String?
    let role: String
    let joinedAt: Timestamp
    /// Whether the installation's administrators have shut them out.
    let disabled: Bool
    let mfaEnabled: Bool

    enum CodingKeys: String, CodingKey {
        case userID = "user_id"
        case email, name, role, disabled
        case avatarURL = "avatar_url"
        case joinedAt = "joined_at"
        case mfaEnabled = "mfa_enabled"
    }

    /// The columns of ``MembersSQL/list``.
    init(_ row: Row) throws {
        userID = UserID(try row.uuid(0))
        email = try row.text(1)
        name = try row.text(2)
        avatarURL = try row.optionalText(3)
        role = try row.text(4)
        joinedAt = try row.timestamp(5)
        disabled = try row.bool(6)
        mfaEnabled = try row.bool(7)
    }
}

/// A page of members, those who joined first at its head.
struct MemberPage: Codable, Sendable {
    let items: [MemberAnswer]
    /// Nil on the last page.
    let nextCursor: String?

    enum CodingKeys: String, CodingKey {
        case items
        case nextCursor = "next_cursor"
    }
}
