import HandlerKit
import PasswordRules
import Tokens

/// Hashes and checks passwords on one thread of their own that stands back where processors are short: many sign-ins at once wait for each other, and
/// others hardly notice.
struct PasswordWork: Sendable {
    /// A hash takes some 60 ms of a processor, so that the last in line waits some six seconds; who comes then hears 503 at once.
    private static let room = 96
    private static let niceness: Int32 = 10

    private let pool = WorkPool(threads: 1, niceness: niceness, room: room, name: "passwords")
    private let decoy = PasswordHash.decoy()

    /// The text to store for a password.
    func hash(_ password: String, _ caller: Caller) async throws -> String {
        try await caller.offload(on: pool) { try PasswordHash(hashing: password).description }
    }

    /// Whether it is the password of a stored text. The same work where there is none, and then false.
    func verify(_ password: String, stored text: String?, _ caller: Caller) async throws -> (fits: Bool, needsRehash: Bool) {
        let stored = text.flatMap { PasswordHash($0) }
        if text != nil, stored == nil { caller.logger.error("a stored password hash cannot be read") }
        let hash = stored ?? decoy
        let fits = try await caller.offload(on: pool) { try hash.verify(password) }
        return (fits && stored != nil, hash.needsRehash())
    }
}
