/// What one guess at a password costs (scrypt, RFC 7914).
public struct ScryptCost: Hashable, Sendable {
    /// The base-2 logarithm of the count of blocks; memory is 2^ln × r × 128 bytes.
    public let ln: Int
    /// The size of a block, in units of 128 bytes.
    public let r: Int
    /// How often the whole is repeated.
    public let p: Int

    /// Nil outside ln 10…20, r 1…32, p 1…16 and 256 MiB of memory: a stored hash must not be able to exhaust the machine.
    public init?(ln: Int, r: Int, p: Int) {
        guard (10...20).contains(ln), (1...32).contains(r), (1...16).contains(p), r << (ln + 7) <= 256 << 20 else { return nil }
        self.ln = ln
        self.r = r
        self.p = p
    }

    private init(known ln: Int, _ r: Int, _ p: Int) {
        self.ln = ln
        self.r = r
        self.p = p
    }

    /// 16 MiB and five passes: one of the settings that OWASP's Password Storage Cheat Sheet holds equal to its first choice of 128 MiB,
    /// small enough for several sign-ins at once in a handler's process.
    public static let standard = ScryptCost(known: 14, 8, 5)

    /// The least that may be configured, for tests that sign in often.
    public static let least = ScryptCost(known: 10, 8, 1)

    var memory: Int { r << (ln + 7) }
}
