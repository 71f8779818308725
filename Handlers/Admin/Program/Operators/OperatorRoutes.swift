import HandlerKit

/// `/admin/operators`: who runs the installation. Somebody is always left who can do everything.
enum OperatorRoutes {
    @RoutesBuilder static var routes: [Route] {
        Route.get("/admin/me", access: .operator("tenants:read"), summary: "The operator who asks") {
            (_: NoInput, invocation: OperatorInvocation) async throws -> MeAnswer in
            let role = OperatorRole.allCases.first { $0.name == invocation.role }
            guard let role else { throw AppError(.internalError, detail: "no operator's role is called \(invocation.role)") }
            return MeAnswer(userID: invocation.operator, role: role, scopes: role.scopes)
        }
        Route.delete("/admin/session", access: .operator("tenants:read"), summary: "End the session of this operator's token", status: 204) {
            (_: NoInput, invocation: OperatorInvocation) async throws -> Response in
            _ = try await invocation.functions.transaction([
                Call(OperatorsSQL.endSession, [.uuid(invocation.session)]), invocation.eventAlone("operator.signed_out"),
            ])
            return .noContent
        }
        Route.get("/admin/operators", access: .operator("operators:write"), summary: "Who runs this installation") {
            (_: NoInput, invocation: OperatorInvocation) async throws -> OperatorList in
            OperatorList(operators: try await invocation.functions.rows(OperatorsSQL.list).map { try OperatorAnswer($0) })
        }
        Route.put("/admin/operators", access: .operator("operators:write"), summary: "Make a user an operator, or give one another role") {
            (input: Appointment, invocation: OperatorInvocation) async throws -> AppointmentAnswer in
            let user = try await appoint(
                email: input.email, user: nil, input.role, "operator.appointed",
                ["email": .string(input.email.lowercased()), "role": .string(input.role.rawValue)], invocation)
            return AppointmentAnswer(userID: user, role: input.role)
        }
        Route.delete("/admin/operators/{user_id}", access: .operator("operators:write"), summary: "Take a user's operator role", status: 204) {
            (path: OperatorPath, invocation: OperatorInvocation) async throws -> Response in
            _ = try await appoint(
                email: nil, user: path.userID, nil, "operator.dismissed", ["user_id": .string("\(path.userID)")], invocation)
            return .noContent
        }
    }

    /// One statement, which records what it did.
    private static func appoint(
        email: String?, user: UserID?, _ role: OperatorRole?, _ action: StaticString, _ details: JSONObject, _ invocation: OperatorInvocation
    ) async throws -> UserID {
        let binds: [Bind] = [.optional(email, Bind.text), .optional(user, Bind.id), .optional(role?.rawValue, Bind.text)]
        let call = Call(OperatorsSQL.appoint, binds + invocation.eventBinds(action, .object(details)))
        guard let row = try await invocation.functions.transaction([call])[0].first else { throw AppError(.internalError) }
        switch try row.text(0) {
        case "granted", "changed", "same", "revoked": return UserID(try row.uuid(1))
        case "last_admin": throw AppError(.conflict, "Somebody must be left who can do everything; make another operator an admin first")
        default:
            if role == nil { throw AppError(.notFound, "There is no such operator") }
            throw AppError.invalid("email", "expected the address of somebody who has an account")
        }
    }
}

struct MeAnswer: Codable, Sendable {
    let userID: UserID
    let role: OperatorRole
    let scopes: [Scope]

    enum CodingKeys: String, CodingKey {
        case userID = "user_id"
        case role, scopes
    }
}

struct Appointment: Decodable, Sendable, Validated {
    let email: String
    let role: OperatorRole

    func validate(_ issues: inout [AppError.Issue]) { issues.requireLength(email, "email", 3...320) }
}

struct AppointmentAnswer: Codable, Sendable {
    let userID: UserID
    let role: OperatorRole

    enum CodingKeys: String, CodingKey {
        case userID = "user_id"
        case role
    }
}

struct OperatorPath: Decodable, Sendable {
    let userID: UserID

    enum CodingKeys: String, CodingKey { case userID = "user_id" }
}

struct OperatorAnswer: Codable, Sendable {
    let userID: UserID
    let email: String
    let name: String
    let role: String
    /// Whether the user is switched off.
    let disabled: Bool
    /// Without one no token is given.
    let mfaEnabled: Bool
    /// Absent where the command line did it.
    let grantedBy: UserID?
    let grantedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case userID = "user_id"
        case email, name, role, disabled
        case mfaEnabled = "mfa_enabled"
        case grantedBy = "granted_by"
        case grantedAt = "granted_at"
    }

    /// The columns of ``OperatorsSQL/list``.
    init(_ row: Row) throws {
        userID = UserID(try row.uuid(0))
        email = try row.text(1)
        name = try row.text(2)
        role = try row.text(3)
        disabled = try row.bool(4)
        mfaEnabled = try row.bool(5)
        grantedBy = try row.optionalUUID(6).map { UserID($0) }
        grantedAt = try row.timestamp(7)
    }
}

struct OperatorList: Codable, Sendable {
    let operators: [OperatorAnswer]
}
