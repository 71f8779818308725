public import Kernel
public import Tokens

/// What a provider says of somebody, verified (OpenID Connect Core 1.0 section 3.1.3.7).
public struct IDToken: Sendable, Hashable {
    public let subject: String
    /// Only where the provider says that it is verified.
    public let email: String?
    public let name: String

    /// Clocks may differ so much.
    public static let leeway = Duration.seconds(60)
    /// A token older than this was not made for this sign-in.
    public static let longestAge = Duration.seconds(600)
    /// What a token may be signed with: keys of the provider's, never a secret.
    static let algorithms: Set<JWSAlgorithm> = [.rs256, .ps256, .es256]
    /// Longer tokens are refused unread, in bytes.
    public static let maximumBytes = 16 << 10

    /// Why a token is not taken.
    public enum Refusal: Error, Hashable, Sendable {
        /// Its key is not known; the provider may have new ones.
        case unknownKey
        case refused(String)
    }

    /// The claims of a token that an issuer made for a client, in answer to a nonce.
    ///
    /// Header and claims are read strictly; the algorithm is one of three for keys of the provider's, so that neither `none` nor a MAC under the
    /// client's secret is ever looked at.
    public init(
        _ text: String, keys: [JWSKey], issuer: String, client: String, nonce: String, at now: Timestamp
    ) throws(Refusal) {
        guard text.utf8.count <= Self.maximumBytes else { throw .refused("longer than \(Self.maximumBytes) bytes") }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Base64.url.decode(parts[0]), let body = Base64.url.decode(parts[1]),
            let signature = Base64.url.decode(parts[2])
        else { throw .refused("not three parts in base64url") }
        guard let header = try? JSONReader(maximumDepth: 8).read(head).object else { throw .refused("the header is no object") }
        guard let named = header["alg"]?.string, let algorithm = JWSAlgorithm(rawValue: named), Self.algorithms.contains(algorithm) else {
            throw .refused("alg")
        }
        guard header["crit"] == nil else { throw .refused("crit") }
        if let type = header["typ"] { guard type == "JWT" else { throw .refused("typ") } }
        let key = try Self.key(keys, header, algorithm)
        guard key.verifies(signature, of: Array("\(parts[0]).\(parts[1])".utf8)) else { throw .refused("signature") }

        guard let claims = try? JSONReader(maximumDepth: 16).read(body).object else { throw .refused("the claims are no object") }
        guard claims["iss"]?.string == issuer else { throw .refused("iss") }
        try Self.checkAudience(claims, client)
        guard let expiry = Self.time(claims["exp"]), now < expiry + Self.leeway else { throw .refused("exp") }
        guard let issued = Self.time(claims["iat"]), issued <= now + Self.leeway, now <= issued + Self.longestAge + Self.leeway else {
            throw .refused("iat")
        }
        if let start = claims["nbf"] { guard let start = Self.time(start), start <= now + Self.leeway else { throw .refused("nbf") } }
        guard claims["nonce"]?.string == nonce else { throw .refused("nonce") }
        guard let subject = claims["sub"]?.string, (1...255).contains(subject.utf8.count), subject.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else {
            throw .refused("sub")
        }
        self.subject = subject
        // Some say it as a text.
        let isVerified = claims["email_verified"] == true || claims["email_verified"] == "true"
        email = isVerified ? claims["email"]?.string.flatMap(Self.plainAddress) : nil
        name = String((claims["name"]?.string ?? "").unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.map(Character.init).prefix(200))
    }

    /// By name; where the token names none, the one key that fits.
    private static func key(_ keys: [JWSKey], _ header: JSONObject, _ algorithm: JWSAlgorithm) throws(Refusal) -> JWSKey {
        let fitting = keys.filter { $0.algorithm == algorithm }
        guard let id = header["kid"] else {
            guard fitting.count == 1 else { throw .refused("kid") }
            return fitting[0]
        }
        guard let id = id.string, let key = fitting.first(where: { $0.id == id }) else { throw .unknownKey }
        return key
    }

    /// The client is an audience; where it is not the only one, it is also the party that asked (azp).
    private static func checkAudience(_ claims: JSONObject, _ client: String) throws(Refusal) {
        switch claims["aud"] {
        case .string(let one)? where one == client: break
        case .array(let all)? where all.contains(.string(client)):
            if all.count > 1 { guard claims["azp"]?.string == client else { throw .refused("azp") } }
        default: throw .refused("aud")
        }
        if let party = claims["azp"] { guard party.string == client else { throw .refused("azp") } }
    }

    /// Seconds since 1970, of this millennium.
    private static func time(_ value: JSONValue?) -> Timestamp? {
        guard let seconds = value?.integer, (0...32_503_680_000).contains(seconds) else { return nil }
        return Timestamp(seconds: seconds)
    }

    /// Lower case; nil for what is no plain address.
    private static func plainAddress(_ text: String) -> String? {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."), text.utf8.count <= 320,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"<>,;:\"()[]\\".utf8.contains($0) })
        else { return nil }
        return text.lowercased()
    }
}
