public import Kernel

/// What an operator's token says: who the bearer is, by which session, and until when. What they may do is asked of the directory at each call.
public struct OperatorClaims: Hashable, Sendable {
    /// How long a token is valid.
    public static let lifetime = Duration.seconds(900)
    /// Whom tokens are meant for: the routes of operators, and nobody else.
    public static let audience = "tenantry-admin"

    public let user: UserID
    /// The session whose end is its own (`sid`).
    public let session: UUID
    /// The token's own name (`jti`).
    public let id: UUID
    /// When it was issued, in whole seconds.
    public let issuedAt: Timestamp
    /// When it ends, in whole seconds.
    public let expiresAt: Timestamp

    /// Claims that begin at a moment, cut to the second, and live for ``lifetime`` unless another is given.
    public init(user: UserID, session: UUID, id: UUID, issuedAt: Timestamp, lifetime: Duration = OperatorClaims.lifetime) {
        self.user = user
        self.session = session
        self.id = id
        self.issuedAt = Timestamp(seconds: issuedAt.seconds)
        expiresAt = Timestamp(seconds: (self.issuedAt + lifetime).seconds)
    }

    /// The claims in a verified token. Throws `UNAUTHENTICATED` where one is missing or of another kind.
    public init(_ claims: JSONObject) throws(AppError) {
        guard let user = claims["sub"]?.string.flatMap(UserID.init), user.uuid != .zero, let session = claims["sid"]?.string.flatMap({ UUID($0) }),
            let id = claims["jti"]?.string.flatMap({ UUID($0) }), case .integer(let issued)? = claims["iat"],
            case .integer(let expiry)? = claims["exp"]
        else { throw JWTVerifier.refused("a claim of an operator's token is missing or of another kind") }
        self.user = user
        self.session = session
        self.id = id
        issuedAt = Timestamp(seconds: issued)
        expiresAt = Timestamp(seconds: expiry)
    }

    /// The claims as they stand in a token.
    public var json: JSONObject {
        [
            "iss": .string(AccessClaims.issuer), "aud": .string(Self.audience), "sub": .string(user.description), "sid": .string(session.description),
            "jti": .string(id.description), "iat": .integer(issuedAt.seconds), "exp": .integer(expiresAt.seconds),
        ]
    }
}

extension JWTVerifier {
    /// Who bears an operator's token that is valid at a moment, whatever this verifier's own audience is. Throws `UNAUTHENTICATED` for every other text.
    public func operatorClaims(_ token: String, at now: Timestamp) throws(AppError) -> OperatorClaims {
        try OperatorClaims(audience(OperatorClaims.audience).claims(of: token, at: now))
    }
}
