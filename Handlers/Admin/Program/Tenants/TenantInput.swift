import HandlerKit
import Mailing

/// What a tenant is made of.
struct NewTenant: Decodable, Sendable, Validated {
    /// Its short name in sign-in and commands.
    let slug: String
    let name: String
    /// `free` unless given.
    let plan: String?
    /// A word of the installation's own; `default` unless given.
    let region: String?
    /// Of the IANA database; UTC unless given.
    let timeZone: String?
    /// Live unless given.
    let kind: TenantKind?
    let owner: NewOwner
    /// At most 100.
    let businesses: [NewBusiness]?

    enum CodingKeys: String, CodingKey {
        case slug, name, plan, region, kind, owner, businesses
        case timeZone = "time_zone"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireTenant(slug: slug, name: name, region: region, timeZone: timeZone)
        issues.require(plan.map(isPlan) ?? true, "plan", "expected the name of a plan")
        issues.require((businesses?.count ?? 0) <= 100, "businesses", "expected at most 100; make more when the tenant is there")
    }
}

enum TenantKind: String, Codable, Sendable, CaseIterable { case live, sandbox }

/// Whoever owns a new tenant: a user who has an account, or who is invited by mail.
struct NewOwner: Decodable, Sendable, Validated {
    /// A mail goes there, with a link that works once within 7 days.
    let email: String?
    /// Becomes the owner at once.
    let userID: UserID?

    enum CodingKeys: String, CodingKey {
        case email
        case userID = "user_id"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((email == nil) != (userID == nil), "", "expected either `email`, which is invited, or the `user_id` of an account")
        issues.require(email.map { (try? Mailbox(address: $0)) != nil } ?? true, "email", "expected an address such as ada@example.com")
    }
}

struct NewBusiness: Decodable, Sendable, Validated {
    let name: String
    let industry: String?
    let location: String?

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(name, "name", 1...200)
        issues.requireLength(industry, "industry", 0...200)
        issues.requireLength(location, "location", 0...200)
        issues.require(name.isEmpty || name.contains { !$0.isWhitespace }, "name", "expected more than blanks")
    }
}

/// What of a tenant is to be another; what is absent stays.
struct TenantChange: Decodable, Sendable, Validated {
    let tenantID: TenantID
    let name: String?
    let slug: String?
    let region: String?
    let timeZone: String?
    /// 1 to 10000; 100 is an ordinary share.
    let weight: Int?

    enum CodingKeys: String, CodingKey {
        case tenantID = "tenant_id"
        case name, slug, region, weight
        case timeZone = "time_zone"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireTenant(slug: slug, name: name, region: region, timeZone: timeZone)
        issues.require((1...10_000).contains(weight ?? 1), "weight", "expected 1 to 10000")
        let isEmpty = name == nil && slug == nil && region == nil && timeZone == nil && weight == nil
        issues.require(!isEmpty, "body", "expected at least one of name, slug, region, time_zone, weight")
    }
}

private func isPlan(_ text: String) -> Bool { isWord(text, and: "_", most: 32) }

/// Lower-case letters and digits, a letter first, with one more character between.
private func isWord(_ text: String, and more: Character, most: Int) -> Bool {
    guard let first = text.utf8.first, (97...122).contains(first), text.utf8.count <= most else { return false }
    return text.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == more) }
}

extension [AppError.Issue] {
    /// The rules of all that a tenant is called and where it is; nil passes.
    fileprivate mutating func requireTenant(slug: String?, name: String?, region: String?, timeZone: String?) {
        require(slug.map { isWord($0, and: "-", most: 63) } ?? true, "slug", "expected lower-case letters, digits and -, at most 63, a letter first")
        requireLength(name, "name", 1...200)
        require(name.map { $0.isEmpty || $0.contains { !$0.isWhitespace } } ?? true, "name", "expected more than blanks")
        require(
            name?.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } ?? true, "name",
            "expected a text without control characters")
        require(
            region.map { isWord($0, and: "-", most: 32) } ?? true, "region", "expected lower-case letters, digits and -, at most 32, a letter first")
        require(timeZone.map(Self.isTimeZone) ?? true, "time_zone", "expected a name of the IANA database such as Europe/Berlin")
    }

    /// The form of a name; whether there is such a zone, the database knows. Digits stand in names of offsets alone: elsewhere they would be a rule.
    private static func isTimeZone(_ text: String) -> Bool {
        if text == "UTC" { return true }
        if text.hasPrefix("Etc/GMT") {
            let offset = text.dropFirst(7)
            return (offset.first == "+" || offset.first == "-") && (1...2).contains(offset.dropFirst().count)
                && offset.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return (2...3).contains(parts.count) && text.utf8.count <= 64
            && parts.allSatisfy { part in !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0 == "_" || $0 == "-") } }
    }
}
