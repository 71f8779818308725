import HandlerKit

/// Who may give or take which role: nobody hands on what they do not hold, nor decides over who holds more.
enum RoleGranting {
    /// Throws `FORBIDDEN` where the caller does not hold all that a role does, `VALIDATION_ERROR` where the tenant has no such role.
    static func require(_ name: String, in invocation: Invocation) async throws {
        let principal = invocation.principal
        if name == Role.owner.rawValue, principal.apiKey != nil { throw AppError(.forbidden, "No key makes owners") }
        if isAdministrator(principal) { return }
        switch Role(rawValue: name) {
        case .viewer: return
        case .analyst: try Granting.require(["data:write", "alerts:write"], of: principal)
        case .admin, .owner: throw AppError(.forbidden, "You cannot hand on what you do not hold")
        default:
            let own = try await invocation.identity.rows(RolesSQL.list).map { try RoleAnswer($0) }
            guard let role = own.first(where: { $0.name.rawValue == name }) else {
                throw AppError.invalid("role", "expected owner, admin, analyst, viewer, or one of the tenant's own roles")
            }
            try Granting.require(role.scopes, of: principal)
        }
    }

    /// Throws `FORBIDDEN` where a member of that role is one over whom the caller does not decide.
    static func require(over name: String, of principal: Principal) throws(AppError) {
        if name == Role.owner.rawValue, principal.apiKey != nil { throw AppError(.forbidden, "No key decides over owners") }
        guard isAdministrator(principal) || name != Role.owner.rawValue && name != Role.admin.rawValue else {
            throw AppError(.forbidden, "You cannot decide over who holds more than you")
        }
    }

    /// An admin or owner in person, not by a key or a token that is good for some things only.
    private static func isAdministrator(_ principal: Principal) -> Bool {
        guard let rights = principal.rights, rights.role == .admin || rights.role == .owner else { return false }
        return rights.scopes.isEmpty && !rights.isKey
    }
}
