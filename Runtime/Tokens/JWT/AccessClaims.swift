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
    /// The session that it belongs to (`sid`), whose end is its own; nil for one of no session.
    public let session: UUID?
    /// What alone it is good for (`scp`); empty: all that the member may do.
    public let scopes: [Scope]
    /// SHA-256 of a CSRF token, as base64url (`csrf`), where the token was made for a cookie; nil where it was not.
    public let csrf: String?
    /// When it was issued, in whole seconds.
    public let issuedAt: Timestamp
    /// When it ends, in whole seconds.
    public let expiresAt: Timestamp

    /// Claims that begin at a moment, cut to the second, and live for ``lifetime`` unless another is given.
    public init(
        user: UserID, tenant: TenantID, role: Role, epoch: Int, id: UUID, session: UUID? = nil, scopes: [Scope] = [], csrf: String? = nil,
        issuedAt: Timestamp, lifetime: Duration = AccessClaims.lifetime
    ) {
        self.user = user
        self.tenant = tenant
        self.role = role
        self.epoch = epoch
        self.id = id
        self.session = session
        self.scopes = scopes
        self.csrf = csrf
        self.issuedAt = Timestamp(seconds: issuedAt.seconds)
        self.expiresAt = Timestamp(seconds: (self.issuedAt + lifetime).seconds)
    }

    /// The claims in a verified token. Throws `UNAUTHENTICATED` where one is missing or of another kind.
    public init(_ claims: JSONObject) throws(AppError) {
        guard let user = claims["sub"]?.string.flatMap(UserID.init), let tenant = claims["tid"]?.string.flatMap(TenantID.init),
            let role = claims["role"]?.string.flatMap(Role.init), case .integer(let epoch)? = claims["epoch"], epoch >= 0,
            let id = claims["jti"]?.string.flatMap({ UUID($0) }), case .integer(let issued)? = claims["iat"],
            case .integer(let expiry)? = claims["exp"]
        else { throw Self.unusable }
        self.user = user
        self.tenant = tenant
        self.role = role
        self.epoch = Int(epoch)
        self.id = id
        session = try Self.optional("sid", in: claims) { $0.string.flatMap { UUID($0) } }
        scopes = try Self.optional("scp", in: claims, Self.scopes) ?? []
        csrf = try Self.optional("csrf", in: claims) { $0.string.flatMap { $0.utf8.count == 43 ? $0 : nil } }
        issuedAt = Timestamp(seconds: issued)
        expiresAt = Timestamp(seconds: expiry)
    }

    private static var unusable: AppError { JWTVerifier.refused("a claim of an access token is missing or of another kind") }

    /// A claim that may be absent, and then only absent.
    private static func optional<Value>(_ name: String, in claims: JSONObject, _ read: (JSONValue) -> Value?) throws(AppError) -> Value? {
        guard let claim = claims[name] else { return nil }
        guard let value = read(claim) else { throw unusable }
        return value
    }

    /// An empty list would read as no bound at all.
    private static func scopes(_ claim: JSONValue) -> [Scope]? {
        guard case .array(let items) = claim, !items.isEmpty else { return nil }
        let scopes = items.compactMap { $0.string.flatMap(Scope.init) }
        return scopes.count == items.count ? scopes : nil
    }

    /// The claims as they stand in a token.
    public var json: JSONObject {
        var json: JSONObject = [
            "iss": .string(Self.issuer), "aud": .string(Self.issuer), "sub": .string(user.description), "tid": .string(tenant.description),
            "role": .string(role.rawValue), "epoch": .integer(Int64(epoch)), "jti": .string(id.description),
            "iat": .integer(issuedAt.seconds), "exp": .integer(expiresAt.seconds),
        ]
        if let session { json["sid"] = .string(session.description) }
        if !scopes.isEmpty { json["scp"] = .array(scopes.map { .string($0.rawValue) }) }
        if let csrf { json["csrf"] = .string(csrf) }
        return json
    }
}

extension JWTVerifier {
    /// Who bears an access token that is valid at a moment. Throws `UNAUTHENTICATED` for every other text.
    public func access(_ token: String, at now: Timestamp) throws(AppError) -> AccessClaims {
        try AccessClaims(claims(of: token, at: now))
    }
}
