import HandlerKit

/// A tenant as operators see it.
struct TenantAnswer: Codable, Sendable {
    let id: TenantID
    let slug: String
    let name: String
    /// active, suspended or deleting.
    let status: String
    /// live or sandbox.
    let kind: String
    let plan: String
    let region: String
    let timeZone: String
    /// Its share where it competes with others; 100 is an ordinary one.
    let weight: Int
    let members: Int
    let createdAt: Timestamp
    /// When it goes for good; absent unless it is `deleting`.
    let deleteAt: Timestamp?
    /// Whether nothing of it may be removed, by its plan or for good.
    let legalHold: Bool

    enum CodingKeys: String, CodingKey {
        case id, slug, name, status, kind, plan, region, weight, members
        case timeZone = "time_zone"
        case createdAt = "created_at"
        case deleteAt = "delete_at"
        case legalHold = "legal_hold"
    }

    /// The columns of ``TenantsSQL/list``.
    init(_ row: Row) throws {
        id = TenantID(try row.uuid(0))
        slug = try row.text(1)
        name = try row.text(2)
        status = try row.text(3)
        kind = try row.text(4)
        plan = try row.text(5)
        region = try row.text(6)
        timeZone = try row.text(7)
        weight = Int(try row.int32(8))
        members = Int(try row.int64(9))
        createdAt = try row.timestamp(10)
        deleteAt = try row.isNull(11) ? nil : row.timestamp(11)
        legalHold = try row.bool(12)
    }
}

/// Some tenants, in the order of their slugs.
struct TenantPage: Codable, Sendable {
    let tenants: [TenantAnswer]
    /// What to pass as `after` for the next ones; null behind the last.
    @OrNull var next: String?
}

/// One tenant, with who owns it.
struct TenantDetails: Codable, Sendable {
    struct Owner: Codable, Sendable {
        /// Absent while the address was only invited.
        let userID: UserID?
        let email: String
        let name: String?
        /// Whether the invitation waits to be accepted.
        let invited: Bool

        enum CodingKeys: String, CodingKey {
            case userID = "user_id"
            case email, name, invited
        }
    }

    let tenant: TenantAnswer
    let owners: [Owner]

    init(_ tenant: Row, _ owners: Rows) throws {
        self.tenant = try TenantAnswer(tenant)
        self.owners = try owners.map { row in
            Owner(
                userID: try row.optionalUUID(0).map { UserID($0) }, email: try row.text(1), name: try row.optionalText(2), invited: try row.bool(3))
        }
    }
}
