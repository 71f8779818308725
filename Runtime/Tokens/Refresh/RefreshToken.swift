public import Kernel

/// What a refresh token says: which session, and the how manieth of it.
///
/// Nothing is stored for a token. The database keeps the newest counter of the session, and a MAC shows that we made the token; so the successor of a
/// token is worked out, not remembered, and can be given a second time to whoever lost the first answer.
public struct RefreshToken: Hashable, Sendable {
    /// The session, which is the family of its tokens.
    public let session: UUID
    /// 0 for the token of the sign-in; each rotation adds one.
    public let counter: Int64

    public init(session: UUID, counter: Int64) {
        self.session = session
        self.counter = counter
    }
}

/// Makes and reads refresh tokens.
///
/// base64url of: version (one byte, 1) ‖ number of the key (varint) ‖ session (16 bytes) ‖ counter (varint) ‖ MAC (16 bytes) ‖ checksum (4 bytes).
/// Varints are LEB128, as short as can be. The MAC is the first half of HMAC-SHA256 over all before it: 128 bits that only the key gives. The checksum
/// is the beginning of SHA-256 over all before it, so that who searches texts for lost tokens needs no key, and nonsense costs no MAC.
public struct RefreshTokens: Sendable {
    private static let version: UInt8 = 1
    private static let macBytes = 16
    private static let checksumBytes = 4
    private static let purpose = Array("tenantry refresh token".utf8)
    private static let csrfPurpose = Array("tenantry csrf token".utf8)
    /// Longer texts are refused unread, in bytes.
    public static let maximumBytes = 100

    private let newest: Int
    private let keys: [Int: HMACKey]

    /// Tokens are made with the key in use, and read by any version that is still there.
    public init(_ secrets: SecretRing) {
        newest = secrets.newest.id
        keys = Dictionary(secrets.all.map { ($0.id, HMACKey($0.bytes)) }) { first, _ in first }
    }

    /// The text of a token.
    public func encode(_ token: RefreshToken) -> String {
        var bytes: [UInt8] = [Self.version]
        Self.append(UInt64(newest), to: &bytes)
        bytes += Self.bytes(of: token.session)
        Self.append(UInt64(bitPattern: token.counter), to: &bytes)
        bytes += mac(bytes, newest, Self.purpose)
        return Base64.url.encode(bytes + Self.checksum(bytes))
    }

    /// The token in a text that we made; nil for every other text.
    public func decode(_ text: String) -> RefreshToken? {
        guard text.utf8.count <= Self.maximumBytes, let bytes = Base64.url.decode(text) else { return nil }
        let signed = bytes.count - Self.macBytes - Self.checksumBytes
        guard signed > 0, Array(bytes.suffix(Self.checksumBytes)) == Self.checksum(Array(bytes.dropLast(Self.checksumBytes))) else { return nil }
        var rest = bytes[..<signed]
        guard rest.popFirst() == Self.version, let key = Self.varint(&rest), key <= UInt64(UInt32.max), rest.count > 16 else { return nil }
        let session = Self.uuid(rest.prefix(16))
        rest = rest.dropFirst(16)
        guard let counter = Self.varint(&rest), counter <= UInt64(Int64.max), rest.isEmpty, keys[Int(key)] != nil else { return nil }
        let mac = Array(bytes[signed..<signed + Self.macBytes])
        guard Self.isEqual(mac, self.mac(Array(bytes[..<signed]), Int(key), Self.purpose)) else { return nil }
        return RefreshToken(session: session, counter: Int64(counter))
    }

    /// The token that a page shows to prove that a request with the session's cookies is its own; the same for the whole session and key.
    public func csrfToken(of session: UUID) -> String {
        Base64.url.encode(mac(Self.bytes(of: session), newest, Self.csrfPurpose))
    }

    /// Whether it is the session's, made with any key that is still there.
    public func isCSRFToken(_ text: String, of session: UUID) -> Bool {
        guard text.utf8.count <= Self.maximumBytes, let given = Base64.url.decode(text) else { return false }
        return keys.keys.contains { Self.isEqual(given, mac(Self.bytes(of: session), $0, Self.csrfPurpose)) }
    }

    private func mac(_ bytes: [UInt8], _ key: Int, _ purpose: [UInt8]) -> [UInt8] {
        keys[key].map { Array($0.authenticate(purpose + [0] + bytes).bytes.prefix(Self.macBytes)) } ?? []
    }

    private static func checksum(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(bytes).bytes.prefix(checksumBytes)) }

    /// Takes the same time wherever they differ.
    private static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.count == b.count && !b.isEmpty && zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func bytes(of id: UUID) -> [UInt8] {
        withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { Array($0) }
    }

    private static func uuid(_ bytes: ArraySlice<UInt8>) -> UUID {
        let half = { (part: ArraySlice<UInt8>) in part.reduce(0 as UInt64) { $0 << 8 | UInt64($1) } }
        return UUID(high: half(bytes.prefix(8)), low: half(bytes.suffix(8)))
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Nil where it is cut short, above 63 bits, or longer than need be.
    private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for position in 0..<9 {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << UInt64(7 * position)
            if byte < 0x80 { return position > 0 && byte == 0 ? nil : value }
        }
        return nil
    }
}
