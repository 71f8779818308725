public import Kernel
public import Postgres
import Tokens

/// Creates and changes tenants, users and memberships. The client signs in as the admin role, or as the installer.
///
/// Throws `VALIDATION_ERROR` and `CONFLICT` with what was expected or is taken already, `NOT_FOUND` for tenants and users that do not exist.
public struct Provisioning: Sendable {
    let client: PostgresClient
    let time: TimeSource

    public init(client: PostgresClient, time: TimeSource = .system) {
        self.client = client
        self.time = time
    }

    /// Plans, and what tenants use of them.
    public var plans: Plans { Plans(client: client) }

    /// Creates an active tenant. `slug` is its short name, `[a-z][a-z0-9-]{0,62}`.
    public func createTenant(slug: String, name: String, plan: String = "free", deadline: Deadline) async throws -> TenantRecord {
        try Self.check(slug: slug, name: name)
        let binds: [Bind] = [.uuid(newID()), .text(slug), .text(name), .text(plan)]
        let unknown = AppError.invalid("plan", "expected the name of a plan, see `tenantry plan list`; got \(plan.prefix(64))")
        let segment = Segment([Call(ProvisioningSQL.createTenant, binds)])
        return try Self.tenant(try await run(segment, taken: "a tenant named \(slug) exists already", missing: unknown, deadline)[0][0])
    }

    /// All tenants, by slug.
    public func tenants(deadline: Deadline) async throws -> [TenantRecord] {
        try await run(ProvisioningSQL.listTenants, [], deadline).map(Self.tenant)
    }

    /// The tenant of a slug or an id.
    public func tenant(_ slugOrID: String, deadline: Deadline) async throws -> TenantRecord {
        guard let row = try await run(ProvisioningSQL.showTenant, [.text(slugOrID)], deadline).first else {
            throw AppError(.notFound, "there is no tenant \(slugOrID)")
        }
        return try Self.tenant(row)
    }

    /// Suspends a tenant or lets it in again; running gateways hear of it at once.
    public func setStatus(_ status: TenantRecord.Status, of tenant: TenantID, deadline: Deadline) async throws -> TenantRecord {
        guard let row = try await run(ProvisioningSQL.setStatus, [.id(tenant), .text(status.rawValue)], deadline).first else {
            throw AppError(.notFound, "there is no tenant \(tenant)")
        }
        return try Self.tenant(row)
    }

    /// Gives a tenant another share where it competes with others, 1 to 10,000; 100 is an ordinary one. Running gateways hear of it at once.
    public func setWeight(_ weight: Int, of tenant: TenantID, deadline: Deadline) async throws -> TenantRecord {
        guard (1...10_000).contains(weight) else { throw AppError.invalid("weight", "expected 1 to 10000; got \(weight)") }
        guard let row = try await run(ProvisioningSQL.setWeight, [.id(tenant), .int32(Int32(weight))], deadline).first else {
            throw AppError(.notFound, "there is no tenant \(tenant)")
        }
        return try Self.tenant(row)
    }

    /// Creates a user who may sign in with an e-mail address, kept in lower case, and a password, given as the text of its hash.
    public func createUser(email: String, name: String, passwordHash: String, deadline: Deadline) async throws -> UserID {
        let email = email.lowercased()
        guard Self.isEmail(email) else { throw AppError.invalid("email", "expected an address such as ada@example.com") }
        guard (1...200).contains(name.unicodeScalars.count) else { throw AppError.invalid("name", "expected 1 to 200 characters") }
        let id = newID()
        let segment = Segment([
            Call(ProvisioningSQL.createUser, [.uuid(id), .text(email), .text(name)]),
            Call(ProvisioningSQL.setPassword, [.uuid(id), .text(passwordHash)]),
        ])
        _ = try await run(segment, taken: "a user with the address \(email) exists already", deadline)
        return UserID(id)
    }

    /// The user of an e-mail address.
    public func user(email: String, deadline: Deadline) async throws -> UserID {
        guard let row = try await run(ProvisioningSQL.userByEmail, [.text(email.lowercased())], deadline).first else {
            throw AppError(.notFound, "there is no user with the address \(email)")
        }
        return UserID(try row.uuid(0))
    }

    /// Shuts a user out of all tenants, or lets them in again; running gateways hear of it at once.
    public func setDisabled(_ disabled: Bool, _ user: UserID, deadline: Deadline) async throws {
        _ = try await run(ProvisioningSQL.setDisabled, [.id(user), .bool(disabled)], deadline)
    }

    /// Who runs the installation by its routes, by address.
    public func operators(deadline: Deadline) async throws -> [OperatorRecord] {
        try await run(ProvisioningSQL.listOperators, [], deadline).map { row in
            OperatorRecord(
                userID: UserID(try row.uuid(0)), email: try row.text(1), role: OperatorRole(rawValue: try row.text(2)) ?? .support,
                grantedAt: try row.timestamp(3))
        }
    }

    /// Makes a user an operator, gives one another role, or takes it (nil): `granted`, `changed`, `same` or `revoked`.
    ///
    /// Running gateways hear of it at once. Throws `NOT_FOUND` where there is nothing to take.
    public func setOperator(_ user: UserID, _ role: OperatorRole?, deadline: Deadline) async throws -> String {
        let outcome = try await run(ProvisioningSQL.setOperator, [.id(user), .optional(role?.rawValue, Bind.text)], deadline)[0].text(0)
        guard outcome != "unknown" else { throw AppError(.notFound, "that user is no operator") }
        return outcome
    }

    /// Replaces a user's password, given as the text of its hash.
    public func setPassword(of user: UserID, passwordHash: String, deadline: Deadline) async throws {
        _ = try await run(ProvisioningSQL.setPassword, [.id(user), .text(passwordHash)], deadline)
    }

    /// Makes a user a member, or changes the role of one; returns the membership's epoch.
    public func setMember(_ user: UserID, of tenant: TenantID, role: Role, deadline: Deadline) async throws -> Int {
        Int(try await run(ProvisioningSQL.setMember, [.id(tenant), .id(user), .text(role.rawValue)], deadline)[0].int64(0))
    }

    /// Ends a membership.
    public func removeMember(_ user: UserID, of tenant: TenantID, deadline: Deadline) async throws {
        guard try await !run(ProvisioningSQL.removeMember, [.id(tenant), .id(user)], deadline).isEmpty else {
            throw AppError(.notFound, "that user is no member of the tenant")
        }
    }

    /// The members of a tenant, the oldest first.
    public func members(of tenant: TenantID, deadline: Deadline) async throws -> [Member] {
        try await run(ProvisioningSQL.members, [.id(tenant)], deadline).map { row in
            Member(
                userID: UserID(try row.uuid(0)), email: try row.text(1), role: Role(rawValue: try row.text(2)) ?? .viewer,
                epoch: Int(try row.int64(3)))
        }
    }

    /// What the tenant's invocations used at each handler, in hours that begin at `since` or later; all that was ever counted where that is nil.
    ///
    /// Gateways write it every few seconds.
    public func usage(of tenant: TenantID, since: Timestamp? = nil, deadline: Deadline) async throws -> [HandlerUsage] {
        try await run(ProvisioningSQL.usage, [.id(tenant), .optional(since, Bind.timestamp)], deadline).map { row in
            HandlerUsage(
                handler: try row.text(0), invocations: try row.int64(1), jobs: try row.int64(9), errors: try row.int64(2),
                cpuMicroseconds: try row.int64(3),
                databaseMicroseconds: try row.int64(4), rows: try row.int64(5), databaseBytes: try row.int64(6), requestBytes: try row.int64(7),
                answerBytes: try row.int64(8))
        }
    }

    private func newID() -> UUID {
        var random = SecureRandom()
        return UUID.v7(at: time.now(), using: &random)
    }

    private func run(_ statement: Statement, _ binds: [Bind], taken: String? = nil, _ deadline: Deadline) async throws -> Rows {
        try await run(Segment([Call(statement, binds)]), taken: taken, deadline)[0]
    }

    private func run(_ segment: Segment, taken: String?, missing: AppError? = nil, _ deadline: Deadline) async throws -> [Rows] {
        do {
            return try await client.run(segment, deadline: deadline)
        } catch let error as PostgresError {
            switch error.sqlState {
            case "23505": throw AppError(.conflict, taken, detail: String(reflecting: error))
            case "23503": throw missing ?? AppError(.notFound, "that tenant or user does not exist", detail: String(reflecting: error))
            default: throw error
            }
        }
    }

    private static func tenant(_ row: Row) throws -> TenantRecord {
        TenantRecord(
            id: TenantID(try row.uuid(0)), slug: try row.text(1), name: try row.text(2),
            status: TenantRecord.Status(rawValue: try row.text(3)) ?? .suspended, plan: try row.text(4), createdAt: try row.timestamp(5),
            weight: Int(try row.int64(6)), kind: try row.text(7), region: try row.text(8), timeZone: try row.text(9),
            deleteAt: try row.isNull(10) ? nil : row.timestamp(10), legalHold: try row.bool(11))
    }

    /// Throws `VALIDATION_ERROR` where a tenant cannot be called that; nil passes.
    public static func check(slug: String?, name: String?) throws(AppError) {
        guard slug.map(isSlug) ?? true else {
            throw AppError.invalid("slug", "expected lower-case letters, digits and -, at most 63, a letter first")
        }
        guard (1...200).contains(name?.unicodeScalars.count ?? 1) else { throw AppError.invalid("name", "expected 1 to 200 characters") }
    }

    private static func isSlug(_ text: String) -> Bool {
        guard let first = text.utf8.first, (97...122).contains(first), text.utf8.count <= 63 else { return false }
        return text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".") && parts[1].utf8.count > 2 && text.utf8.count <= 320
            && !text.contains { $0.isWhitespace || $0.isNewline }
    }
}
