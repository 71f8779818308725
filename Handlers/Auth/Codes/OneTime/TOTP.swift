public import Kernel
public import Tokens

/// One-time codes from the time (RFC 6238): the counter is the number of 30 s steps since 1970.
public struct TOTP: Sendable {
    /// How long a code is shown, in seconds (section 4.1).
    public static let period: Int64 = 30
    /// How many steps a code may be early or late: clocks differ and people type slowly (section 5.2).
    public static let window: Int64 = 1
    /// The bytes of a new secret: as many as SHA-1 gives (RFC 4226 section 4, R6).
    public static let secretBytes = 20

    private let hotp: HOTP

    public init(secret: [UInt8], mac: MAC = .sha1, digits: Int = 6) {
        hotp = HOTP(secret: secret, mac: mac, digits: digits)
    }

    /// A new secret, from the generator of random numbers that nobody guesses.
    public static func makeSecret() -> [UInt8] { SecureRandom.bytes(secretBytes) }

    /// The step that an instant lies in.
    public static func step(at time: Timestamp) -> Int64 { time.seconds / period }

    /// The code that an app shows at an instant, from 1970 on.
    public func code(at time: Timestamp) throws(AppError) -> String {
        try hotp.code(UInt64(max(0, Self.step(at: time))))
    }

    /// The step whose code this is, at most ``window`` away and later than the last one that was used; nil for every other code.
    ///
    /// Whoever accepts it stores the step, so that a code works once (section 5.2). Takes the same time for all codes.
    public func step(of code: String, at time: Timestamp, after last: Int64?) throws(AppError) -> Int64? {
        let now = Self.step(at: time)
        let given = Array(code.utf8)
        var found: Int64?
        for step in max(0, now - Self.window)...max(0, now + Self.window) {
            let expected = Array(try hotp.code(UInt64(step)).utf8)
            guard expected.count == given.count else { continue }
            let difference = zip(expected, given).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
            if difference == 0, found == nil, last.map({ step > $0 }) ?? true { found = step }
        }
        return found
    }
}

extension TOTP: CustomStringConvertible {
    /// Never the secret.
    public var description: String { "TOTP(****)" }
}
