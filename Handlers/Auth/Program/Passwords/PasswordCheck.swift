import HandlerKit

/// Finds whose address and password these are, without telling which of the two was wrong.
///
/// An unknown address, a disabled user and a wrong password take the same steps and give the same answer (pitfall 48). Guesses are slowed down per
/// account and address, per address, and per account over all addresses; whoever must wait hears so before any password is looked at.
struct PasswordCheck: Sendable {
    struct Found: Sendable {
        let user: UserID
        let hasSecondFactor: Bool
    }

    let passwords: PasswordWork

    func user(email: String, password: String, _ caller: Caller) async throws -> Found {
        let rows = try await caller.database.rows(PasswordSQL.begin, .text(email.lowercased()), .text(caller.address))
        guard let row = rows.first else { throw AppError(.internalError, detail: "begin_sign_in answered no row") }
        try Self.refuseHaste(seconds: row.int32(0))
        let user = try row.optionalUUID(1).map { UserID($0) }
        let checked = try await passwords.verify(password, stored: try row.optionalText(2), caller)
        guard checked.fits, let user, try !row.bool(3) else {
            _ = try await caller.database.rows(PasswordSQL.fail, .optional(user, Bind.id), .text(caller.address), .text(caller.userAgent))
            throw AppError(.invalidCredentials)
        }
        if checked.needsRehash { try await rehash(password, for: user, caller) }
        return Found(user: user, hasSecondFactor: try row.bool(4))
    }

    /// Throws `TOO_MANY_REQUESTS` where there is something to wait for.
    static func refuseHaste(seconds: Int32) throws {
        guard seconds > 0 else { return }
        throw AppError(.tooManyRequests, "Too many wrong passwords; try again later", retryAfter: .seconds(Int64(seconds)))
    }

    /// Hashes the password at today's cost; a sign-in does not fail because that did.
    private func rehash(_ password: String, for user: UserID, _ caller: Caller) async throws {
        do {
            let hash = try await passwords.hash(password, caller)
            _ = try await caller.database.rows(PasswordSQL.rehash, .id(user), .text(hash))
        } catch let error as AppError {
            caller.logger.warning("a password could not be hashed anew", metadata: .keys([.error: "\(error.code)"]))
        }
    }
}
