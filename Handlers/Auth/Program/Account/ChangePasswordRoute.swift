import HandlerKit
import Mailing

/// `POST /auth/change-password`: a new password for who knows the current one. All other sessions end.
struct ChangePasswordRoute: Sendable {
    let addresses: AddressMail
    let passwords: PasswordWork
    let fresh: FreshAuthentication

    var route: Route {
        Route.post(
            "/auth/change-password", access: .bearer("profile:write"), summary: "Change your password", body: .jsonWithNUL(limit: 64 << 10)
        ) { (input: ChangePasswordInput, invocation: Invocation) async throws -> DoneAnswer in
            let caller = Caller(invocation)
            let person = try await fresh.prove(input.currentPassword, alwaysPassword: true, invocation)
            _ = try await NewPassword.check(input.newPassword, field: "new_password", of: invocation.principal.user, caller)
            let hash = try await passwords.hash(input.newPassword, caller)
            _ = try await caller.database.transaction([
                Call(
                    PasswordSQL.change,
                    [.optional(invocation.principal.session, Bind.uuid), .text(hash), .text(caller.address), .text(caller.userAgent)]),
                try addresses.mail.call(
                    .passwordChanged(name: person.name, .init(at: caller.time.now(), address: caller.address, userAgent: caller.userAgent)),
                    to: person.email, tenant: nil),
            ])
            return DoneAnswer(status: "password_changed")
        }
    }
}

struct ChangePasswordInput: Decodable, Sendable {
    /// Required of who has one.
    let currentPassword: String?
    /// Used byte for byte as it was sent.
    let newPassword: String

    enum CodingKeys: String, CodingKey {
        case currentPassword = "current_password"
        case newPassword = "new_password"
    }
}
