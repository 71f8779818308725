import HandlerKit
import Tokens

/// Who somebody is, and in which tenant: sign-in by password, and what an access token stands for.
@main struct AuthHandler: Handler {
    private let signIn: SignIn

    init(environment: HandlerEnvironment) throws {
        signIn = SignIn(signer: try JWTSigner(signingKeys: environment.secret("jwt_signing_keys")))
    }

    var routes: [Route] {
        signIn.route
        MeRoute.route
    }

    static var statements: [Statement] { IdentitySQL.all }
}
