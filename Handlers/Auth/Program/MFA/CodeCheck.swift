import Codes
import HandlerKit
import Tokens

/// Opens sealed secrets of authenticator apps and compares codes with what they show.
struct CodeCheck: Sendable {
    private let ring: SealingRing

    init(_ ring: SealingRing) { self.ring = ring }

    /// A secret as it is stored: for this user and for this use alone.
    func seal(_ secret: [UInt8], of user: UserID) throws(AppError) -> [UInt8] { try ring.seal(secret, for: Self.purpose(user)) }

    /// The step whose code was typed; nil where the code is wrong or was used before.
    func step(of code: String, sealed: [UInt8], user: UserID, last: Int64?, at time: Timestamp) throws(AppError) -> Int64? {
        let totp = TOTP(secret: try ring.open(sealed, for: Self.purpose(user)))
        // Apps show a blank in the middle.
        return try totp.step(of: String(code.filter { $0 != " " }), at: time, after: last)
    }

    /// The same secret under the newest key, where another one sealed it.
    func resealed(_ sealed: [UInt8], of user: UserID) throws(AppError) -> [UInt8]? {
        guard ring.needsResealing(sealed) else { return nil }
        return try seal(try ring.open(sealed, for: Self.purpose(user)), of: user)
    }

    /// What is said of every code that does not count: not whether it was wrong, late or used.
    static let refusal = AppError(.invalidCredentials, "The code is wrong, too old, or was used before")

    /// What is said to whoever tried too often.
    static func slowDown(_ seconds: Int32) -> AppError {
        AppError(.tooManyRequests, "Too many codes were tried; wait before the next one", retryAfter: .seconds(max(1, Int64(seconds))))
    }

    private static func purpose(_ user: UserID) -> [UInt8] { Array("totp \(user)".utf8) }
}
