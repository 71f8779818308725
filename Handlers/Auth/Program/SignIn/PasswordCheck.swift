import HandlerKit
import Tokens

/// Finds whose address and password these are, without telling which of the two was wrong.
///
/// An unknown address, a disabled user and a wrong password take the same steps and give the same answer (pitfall 48).
struct PasswordCheck: Sendable {
    private let decoy = PasswordHash.decoy()

    func user(of input: SignInInput, _ invocation: AnonymousInvocation) async throws -> UserID {
        let row = try await invocation.database.rows(IdentitySQL.credential, .text(input.email.lowercased())).first
        let user = try row.map { UserID(try $0.uuid(0)) }
        let isDisabled = try row?.bool(2) ?? false
        let stored = try row.flatMap { PasswordHash(try $0.text(1)) }
        if user != nil, stored == nil { invocation.logger.error("a stored password hash cannot be read") }

        let hash = stored ?? decoy
        let password = input.password
        let fits = try await invocation.offload { try hash.verify(password) }
        guard fits, let user, stored != nil, !isDisabled else { throw AppError(.invalidCredentials) }
        if hash.needsRehash() { try await store(password, for: user, invocation) }
        return user
    }

    /// Hashes the password at today's cost; a sign-in does not fail because that did.
    private func store(_ password: String, for user: UserID, _ invocation: AnonymousInvocation) async throws {
        do {
            let hash = try await invocation.offload { try PasswordHash(hashing: password) }
            _ = try await invocation.database.rows(IdentitySQL.setPasswordHash, .id(user), .text(hash.description))
        } catch let error as AppError {
            invocation.logger.warning("a password could not be hashed anew", metadata: .keys([.error: "\(error.code)"]))
        }
    }
}
