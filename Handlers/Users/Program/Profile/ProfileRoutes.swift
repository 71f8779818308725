import HandlerKit

/// `/users/profile`: what people say of themselves, over all their tenants.
enum ProfileRoutes {
    @RoutesBuilder static var routes: [Route] {
        Route.get("/users/profile", access: .bearer("profile:read"), summary: "One's own profile") {
            (_: NoInput, invocation: Invocation) async throws -> Response in
            try await read(invocation)
        }
        Route.put("/users/profile", access: .bearer("profile:write"), summary: "Replace one's own profile; If-Match guards against lost updates") {
            (input: ProfileInput, invocation: Invocation) async throws -> Response in
            let rows = try await invocation.identity.rows(
                ProfileSQL.change, .text(input.name), .optional(input.locale, Bind.text), .optional(input.timeZone, Bind.text),
                .optional(input.avatarURL, Bind.text), .optional(try Revision.expected(invocation.request), Bind.int32))
            switch try rows.first?.text(0) {
            case "changed": return try await read(invocation)
            case "unknown_time_zone": throw AppError.invalid("time_zone", "expected a name of the IANA time zone database, such as Europe/Berlin")
            default: throw Revision.outdated
            }
        }
    }

    private static func read(_ invocation: Invocation) async throws -> Response {
        guard let row = try await invocation.identity.rows(ProfileSQL.read).first else { throw AppError(.unauthenticated) }
        var response = try Response.json(ProfileAnswer(row))
        response.headers.append(Revision.header(try row.int32(6)))
        return response
    }
}

struct ProfileInput: Decodable, Sendable, Validated {
    let name: String
    /// A language tag (RFC 5646), such as `de-AT`.
    let locale: String?
    /// A name of the IANA time zone database.
    let timeZone: String?
    /// Where a picture is: an https address.
    let avatarURL: String?

    enum CodingKeys: String, CodingKey {
        case name, locale
        case timeZone = "time_zone"
        case avatarURL = "avatar_url"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(name, "name", 1...200)
        issues.require(name.contains { !$0.isWhitespace } && PlainText.isPlain(name), "name", "expected more than blanks, and no control characters")
        issues.require(locale.map(Self.isLanguageTag) ?? true, "locale", "expected a language tag such as en or de-AT")
        issues.requireLength(timeZone, "time_zone", 1...64)
        issues.require(timeZone.map(PlainText.isPlain) ?? true, "time_zone", "expected no control characters")
        issues.requireLength(avatarURL, "avatar_url", 9...500)
        issues.require(
            avatarURL.map { $0.hasPrefix("https://") && PlainText.isPlain($0) && !$0.contains(where: \.isWhitespace) } ?? true, "avatar_url",
            "expected an address that begins with https://")
    }

    private static func isLanguageTag(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...5).contains(parts.count), (2...8).contains(parts[0].utf8.count) else { return false }
        return parts.enumerated().allSatisfy { index, part in
            (1...8).contains(part.utf8.count)
                && part.utf8.allSatisfy { (65...90).contains($0) || (97...122).contains($0) || index > 0 && (48...57).contains($0) }
        }
    }
}

/// A person as they see themselves.
struct ProfileAnswer: Codable, Sendable {
    let id: UserID
    let email: String
    let name: String
    let locale: String?
    let timeZone: String?
    let avatarURL: String?
    let createdAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, email, name, locale
        case timeZone = "time_zone"
        case avatarURL = "avatar_url"
        case createdAt = "created_at"
    }

    /// The columns of ``ProfileSQL/read``.
    init(_ row: Row) throws {
        id = UserID(try row.uuid(0))
        email = try row.text(1)
        name = try row.text(2)
        locale = try row.optionalText(3)
        timeZone = try row.optionalText(4)
        avatarURL = try row.optionalText(5)
        createdAt = try row.timestamp(7)
    }
}

/// Text that can stand in a line.
enum PlainText {
    /// Whether it holds no control characters, of which the database cannot store one.
    static func isPlain(_ text: String) -> Bool { text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } }
}
