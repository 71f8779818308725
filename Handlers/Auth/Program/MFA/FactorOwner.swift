import HandlerKit
import Tokens

/// Somebody who is about to change their own second factor, and what proves that it is they: a code of it, or a session that has just been opened
/// with it.
struct FactorOwner: Sendable {
    let invocation: Invocation
    let caller: Caller
    let session: UUID
    let state: FactorState

    var user: UserID { invocation.principal.user }

    /// Throws `UNAUTHENTICATED` where the token is of no session or the user is gone.
    init(_ invocation: Invocation) async throws {
        guard let session = invocation.principal.session else { throw AppError(.unauthenticated) }
        caller = Caller(invocation)
        guard let row = try await caller.database.rows(MFASQL.state, .uuid(session)).first else { throw AppError(.unauthenticated) }
        state = try FactorState(row)
        self.invocation = invocation
        self.session = session
    }

    /// The step of the code that was sent; nil where none was and the session is fresh enough.
    func proof(_ code: String?, _ codes: CodeCheck) async throws -> Int64? {
        guard state.confirmedAt != nil else { throw AppError(.notFound, "No authenticator app is in use") }
        guard let code else {
            guard state.isFresh else { throw AppError(.reauthenticationRequired) }
            return nil
        }
        return try await step(of: code, codes).step
    }

    /// The step of a right code of the app that is in use or waits, with the sealed secret that it is of. The try is counted first.
    func step(of code: String, _ codes: CodeCheck) async throws -> (step: Int64, sealed: [UInt8]) {
        let row = try await caller.database.rows(MFASQL.beginOwnCode)[0]
        switch try row.text(0) {
        case "check": break
        case "wait": throw CodeCheck.slowDown(try row.int32(1))
        default: throw AppError(.conflict, "Ask for a secret first: POST /auth/mfa/totp")
        }
        let sealed = try row.bytes(2)
        guard let step = try codes.step(of: code, sealed: sealed, user: user, last: try row.optionalInt64(4), at: caller.time.now()) else {
            _ = try await caller.database.rows(
                IdentitySQL.event, .text("mfa_verify"), .text("failed"), .id(user), .id(invocation.tenant), .uuid(session), .text(caller.address),
                .text(caller.userAgent), .json(Array("{}".utf8)))
            throw CodeCheck.refusal
        }
        return (step, sealed)
    }
}

/// Where somebody stands with their second factor.
struct FactorState: Sendable {
    let email: String
    let name: String
    let confirmedAt: Timestamp?
    let isPending: Bool
    let recoveryCodes: Int
    let isRequired: Bool
    /// Whether the session proved a moment ago who it is, with the second factor where there is one.
    let isFresh: Bool

    init(_ row: Row) throws {
        email = try row.text(0)
        name = try row.text(1)
        confirmedAt = try row.optionalTimestamp(2)
        isPending = try row.bool(3)
        recoveryCodes = Int(try row.int32(4))
        isRequired = try row.bool(5)
        isFresh = try row.bool(6)
    }
}
