import HandlerKit
import Tokens

/// What a sign-in gives.
struct SignInAnswer: Encodable, Sendable {
    struct User: Encodable, Sendable {
        let id: UserID
        let email: String
        let name: String
    }

    let accessToken: String
    let tokenType = "Bearer"
    /// In seconds.
    let expiresIn = AccessClaims.lifetime.milliseconds / 1000
    let tenant: TenantAnswer
    let user: User

    init(token: String, tenant: TenantAnswer, user: User) {
        accessToken = token
        self.tenant = tenant
        self.user = user
    }

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
        case tenant, user
    }
}
