import HandlerKit
import Tokens

/// Asks again who somebody is before what an attacker at an open browser would do first: change the password, the address, the second factor.
///
/// It is enough that the session proved it lately (15 minutes unless set otherwise), or that the request holds the current password.
struct FreshAuthentication: Sendable {
    let passwords: PasswordWork

    /// The signed-in person.
    struct Person: Sendable {
        let email: String
        let name: String
        let hasPassword: Bool
        let hasSecondFactor: Bool
    }

    /// Throws `REAUTHENTICATION_REQUIRED` where neither holds, `VALIDATION_ERROR` for a wrong password, `TOO_MANY_REQUESTS` for too many of them.
    ///
    /// With `alwaysPassword` the session's freshness does not count for who has a password.
    func prove(_ password: String?, alwaysPassword: Bool = false, _ invocation: Invocation) async throws -> Person {
        let caller = Caller(invocation)
        let session = invocation.principal.session
        let rows = try await caller.database.rows(
            PasswordSQL.beginAgain, .optional(session, Bind.uuid), .bool(password != nil), .text(caller.address))
        guard let row = rows.first, let email = try row.optionalText(3) else { throw AppError(.unauthenticated) }
        try PasswordCheck.refuseHaste(seconds: row.int32(0))
        let stored = try row.optionalText(1)
        let person = Person(email: email, name: try row.text(4), hasPassword: stored != nil, hasSecondFactor: try row.bool(5))
        guard let password else {
            guard try row.bool(2), !(alwaysPassword && person.hasPassword) else {
                throw person.hasPassword ? AppError.invalid("current_password", "required") : AppError(.reauthenticationRequired)
            }
            return person
        }
        guard try await passwords.verify(password, stored: stored, caller).fits else {
            _ = try await caller.database.rows(PasswordSQL.fail, .null, .text(caller.address), .text(caller.userAgent))
            throw AppError.invalid("current_password", "is not your password")
        }
        _ = try await caller.database.rows(PasswordSQL.endAgain, .optional(session, Bind.uuid), .text(caller.address))
        return person
    }
}
