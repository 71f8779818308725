public import Kernel

/// What an access token says: who the bearer is, in which tenant, with which role, and until when.
public struct AccessClaims: Hashable, Sendable {
    /// How long a token is valid.
    public static let lifetime = Duration.seconds(900)
    /// Who issues tokens, and for whom.
    public static let issuer = "tenantry"

    public let user: UserID
    public let tenant: TenantID
    public let role: Role
    /// The membership's epoch when the token was issued; a change of the membership raises it and so ends the token.
    public let epoch: Int
    /// The token's own name (`jti`).
    public let id: UUID
    /// When it was issued, in whole seconds.
    public let issuedAt: Timestamp
    /// When it ends, in whole seconds.
    public let expiresAt: Timestamp

    /// Claims that begin at a moment, cut to the second, and live for ``lifetime`` unless another is given.
    public init(
        user: UserID, tenant: TenantID, role: Role, epoch: Int, id: UUID, issuedAt: Timestamp, lifetime: Duration = AccessClaims.lifetime
    ) {
        self.user = user
        self.tenant = tenant
        self.role = role
        self.epoch = epoch
        self.id = id
        self.issuedAt = Timestamp(seconds: issuedAt.seconds)
        self.expiresAt = Timestamp(seconds: (self.issuedAt + lifetime).seconds)
    }

    /// The claims in a verified token. Throws `UNAUTHENTICATED` where one is missing or of another kind.
    public init(_ claims: JSONObject) throws(AppError) {
        guard let user = claims["sub"]?.string.flatMap(UserID.init), let tenant = claims["tid"]?.string.flatMap(TenantID.init),
            let role = claims["role"]?.string.flatMap(Role.init), case .integer(let epoch)? = claims["epoch"], epoch >= 0,
            let id = claims["jti"]?.string.flatMap({ UUID($0) }), case .integer(let issued)? = claims["iat"],
            case .integer(let expiry)? = claims["exp"]
        else { throw JWTVerifier.refused("a claim of an access token is missing or of another kind") }
        self.user = user
        self.tenant = tenant
        self.role = role
        self.epoch = Int(epoch)
        self.id = id
        issuedAt = Timestamp(seconds: issued)
        expiresAt = Timestamp(seconds: expiry)
    }

    /// The claims as they stand in a token.
    public var json: JSONObject {
        [
            "iss": .string(Self.issuer), "aud": .string(Self.issuer), "sub": .string(user.description), "tid": .string(tenant.description),
            "role": .string(role.rawValue), "epoch": .integer(Int64(epoch)), "jti": .string(id.description),
            "iat": .integer(issuedAt.seconds), "exp": .integer(expiresAt.seconds),
        ]
    }
}

extension JWTSigner {
    /// An access token.
    public func sign(_ claims: AccessClaims) throws(AppError) -> String { try sign(claims.json) }
}

extension JWTVerifier {
    /// Who bears an access token that is valid at a moment. Throws `UNAUTHENTICATED` for every other text.
    public func access(_ token: String, at now: Timestamp) throws(AppError) -> AccessClaims {
        try AccessClaims(claims(of: token, at: now))
    }
}
