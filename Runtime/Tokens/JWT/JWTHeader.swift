internal import Kernel

/// The part of a token that says how it is signed, read before anything is believed.
///
/// Exactly `alg` and `kid`, and `typ` if it is `JWT`. Every other member is refused: `jku`, `x5u`, `jwk` and `x5c` would name their own key,
/// `crit` would ask for what is not known here (RFC 8725 section 3.10, RFC 7515 section 4.1.11).
struct JWTHeader {
    let algorithm: String
    let keyID: String

    init(_ encoded: Substring) throws(AppError) {
        guard let bytes = Base64.url.decode(encoded) else { throw JWTVerifier.refused("the header is not base64url") }
        let members = try JWTVerifier.object(in: bytes, "the header")
        for member in members where member.name != "alg" && member.name != "kid" && member.name != "typ" {
            throw JWTVerifier.refused("the header has a member that is not known: \(member.name.prefix(32))")
        }
        guard let algorithm = members["alg"]?.string, let keyID = members["kid"]?.string else {
            throw JWTVerifier.refused("the header lacks alg or kid")
        }
        if let type = members["typ"], type != "JWT" { throw JWTVerifier.refused("typ is not JWT") }
        self.algorithm = algorithm
        self.keyID = keyID
    }
}
