import HandlerKit
import Mailing
import Tokens

/// Who somebody is, and in which tenant: registration, sign-in, sessions, and what proves either.
@main struct AuthHandler: Handler {
    private let sessions: SessionMaker
    private let operators: OperatorTokens
    private let addresses: AddressMail
    private let codes: CodeCheck
    private let factorMail: FactorMail
    private let passwords = PasswordWork()

    init(environment: HandlerEnvironment) throws {
        let signer = try JWTSigner(signingKeys: environment.secret("jwt_signing_keys"))
        operators = OperatorTokens(signer: signer)
        sessions = SessionMaker(
            signer: signer,
            refreshTokens: RefreshTokens(try SecretRing(environment.secret("refresh_key"))))
        let mail = MailQueue(ring: try SealingRing(SecretRing(environment.secret("mail_key"))))
        addresses = AddressMail(mail: mail)
        codes = CodeCheck(try SealingRing(SecretRing(environment.secret("mfa_key"))))
        factorMail = FactorMail(queue: mail)
    }

    var routes: [Route] {
        let fresh = FreshAuthentication(passwords: passwords)
        return [
            [SignIn(passwords: PasswordCheck(passwords: passwords), sessions: sessions).route],
            [RefreshRoute(sessions: sessions).route, LogoutRoute(sessions: sessions).route, SwitchTenantRoute(sessions: sessions).route],
            SessionRoutes.routes,
            [OperatorRoute(tokens: operators).route],
            [MeRoute.route, FederationRoute(sessions: sessions).route],
            [RegisterRoute(addresses: addresses, passwords: passwords).route],
            VerifyRoutes(addresses: addresses).routes,
            ResetRoutes(addresses: addresses, passwords: passwords).routes,
            [ChangePasswordRoute(addresses: addresses, passwords: passwords, fresh: fresh).route],
            ChangeEmailRoutes(addresses: addresses, fresh: fresh).routes,
            ChallengeRoutes(codes: codes, sessions: sessions, operators: operators, mail: factorMail).routes,
            Enrolment(codes: codes, mail: factorMail).routes,
            FactorRoutes(codes: codes, mail: factorMail).routes,
            [AcceptInvitationRoute(passwords: passwords).route],
        ].flatMap(\.self)
    }

    static var statements: [Statement] {
        IdentitySQL.all + SessionSQL.all + PasswordSQL.all + AddressSQL.all + MFASQL.all + InvitationSQL.all + FederationSQL.all
            + OperatorSignInSQL.all + [MailSQL.queue]
    }
}
