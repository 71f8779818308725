import HandlerKit

/// `/members`: who belongs to the tenant, and as what. A tenant always keeps an owner.
enum MemberRoutes {
    @RoutesBuilder static var routes: [Route] {
        Route.get("/members", access: .bearer("members:read"), summary: "Members of the tenant, a page at a time") {
            (query: MemberQuery, invocation: Invocation) async throws -> MemberPage in
            let place = query.cursor.flatMap { MemberCursor($0) } ?? .start
            let limit = query.limit ?? 50
            let rows = try await invocation.identity.rows(
                MembersSQL.list, .timestamp(place.joinedAt), .id(place.user), .int32(Int32(limit + 1)))
            let members = try rows.map { try MemberAnswer($0) }
            let items = Array(members.prefix(limit))
            let next = members.count > limit ? items.last.map { MemberCursor(joinedAt: $0.joinedAt, user: $0.userID).description } : nil
            return MemberPage(items: items, nextCursor: next)
        }
        Route.put("/members/{user_id}", access: .bearer("members:write"), summary: "Give a member another role, from their next call on") {
            (input: MemberChange, invocation: Invocation) async throws -> MemberRoleAnswer in
            try await RoleGranting.require(input.role, in: invocation)
            try await invocation.database.interactive { transaction in
                let row = try await transaction.rows(MembersSQL.change, .id(input.userID), .text(input.role)).first
                let before = try row?.optionalText(1) ?? ""
                let isDone = try check(row)
                try RoleGranting.require(over: before, of: invocation.principal)
                guard isDone else { return }
                let details: JSONValue = ["role": .string(input.role), "before": .string(before)]
                _ = try await transaction.batch([
                    invocation.audit("member.role_changed", target: ("member", input.userID), details: details)
                ])
            }
            return MemberRoleAnswer(userID: input.userID, role: input.role)
        }
        Route.delete("/members/{user_id}", access: .bearer("members:write"), summary: "Remove a member, from their next call on", status: 204) {
            (path: MemberPath, invocation: Invocation) async throws -> Response in
            try await remove(path.userID, "member.removed", invocation) { before in
                try RoleGranting.require(over: before, of: invocation.principal)
            }
        }
        // Every member may go, whatever their role holds.
        Route.delete("/members/me", access: .bearer(), summary: "Leave the tenant", status: 204) {
            (_: NoInput, invocation: Invocation) async throws -> Response in
            try await remove(invocation.principal.user, "member.left", invocation) { _ in }
        }
    }

    private static func remove(
        _ member: UserID, _ action: StaticString, _ invocation: Invocation, allows: @Sendable (String) throws -> Void
    ) async throws -> Response {
        try await invocation.database.interactive { transaction in
            let row = try await transaction.rows(MembersSQL.remove, .id(member)).first
            let before = try row?.optionalText(1) ?? ""
            _ = try check(row)
            try allows(before)
            _ = try await transaction.batch([invocation.audit(action, target: ("member", member), details: ["role": .string(before)])])
        }
        return .noContent
    }

    /// Whether anything has changed. Throws what it was refused with.
    private static func check(_ row: Row?) throws -> Bool {
        switch try row?.text(0) {
        case "changed", "removed": return true
        case "same": return false
        case "unknown_role": throw AppError.invalid("role", "expected owner, admin, analyst, viewer, or one of the tenant's own roles")
        case "owners_only": throw AppError(.forbidden, "Only owners make, change or remove owners")
        case "last_owner": throw AppError(.conflict, "A tenant keeps at least one owner; make somebody else an owner first")
        default: throw AppError(.notFound, "There is no such member")
        }
    }
}

struct MemberPath: Decodable, Sendable {
    let userID: UserID

    enum CodingKeys: String, CodingKey { case userID = "user_id" }
}

struct MemberChange: Decodable, Sendable, Validated {
    let userID: UserID
    let role: String

    enum CodingKeys: String, CodingKey {
        case userID = "user_id"
        case role
    }

    func validate(_ issues: inout [AppError.Issue]) { issues.require(Role(rawValue: role) != nil, "role", "expected the name of a role") }
}

/// What a member is from now on.
struct MemberRoleAnswer: Codable, Sendable {
    let userID: UserID
    let role: String

    enum CodingKeys: String, CodingKey {
        case userID = "user_id"
        case role
    }
}
