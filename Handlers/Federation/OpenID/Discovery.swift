public import Addresses
public import Kernel

/// What a provider says of itself at `issuer/.well-known/openid-configuration` (OpenID Connect Discovery 1.0).
public struct Discovery: Sendable {
    public let issuer: String
    public let authorization: WebAddress
    public let token: WebAddress
    public let keys: WebAddress
    /// Whether the answer must name its issuer (RFC 9207).
    public let namesIssuer: Bool
    /// Whether the client's secret goes into the form; else it goes into the `Authorization` line.
    public let secretInForm: Bool

    /// Where the document of an issuer is.
    public static func address(of issuer: String) throws(AppError) -> WebAddress {
        let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        return try WebAddress("\(base)/.well-known/openid-configuration", field: "issuer")
    }

    /// The document of an issuer. Throws `UNAVAILABLE` saying what is wrong with it: a wrong issuer first of all (section 4.3).
    public init(_ document: JSONObject, issuer: String, rules: ProviderRules) throws(AppError) {
        guard document["issuer"]?.string == issuer else { throw Self.broken("it says that its issuer is another one") }
        func address(_ name: String) throws(AppError) -> WebAddress {
            guard let text = document[name]?.string, let address = try? WebAddress(text), (try? rules.check(address, field: name)) != nil else {
                throw Self.broken("its \(name) is none that may be used")
            }
            return address
        }
        self.issuer = issuer
        authorization = try address("authorization_endpoint")
        token = try address("token_endpoint")
        keys = try address("jwks_uri")
        namesIssuer = document["authorization_response_iss_parameter_supported"]?.bool ?? false
        if let methods = document["code_challenge_methods_supported"]?.array, !methods.contains("S256") {
            throw Self.broken("it does not know PKCE with S256")
        }
        let methods = document["token_endpoint_auth_methods_supported"]?.array
        secretInForm = methods.map { !$0.contains("client_secret_basic") && $0.contains("client_secret_post") } ?? false
    }

    static func broken(_ reason: String) -> AppError {
        AppError(.unavailable, "The provider cannot be used: \(reason)")
    }
}

/// Which addresses of providers are used: https, and http only for an address that the installation opened, such as a test's on this machine.
public struct ProviderRules: Sendable {
    private let outbound: OutboundRules
    private let opened: AddressGuard

    public init(_ outbound: OutboundRules) throws(AppError) {
        self.outbound = outbound
        opened = try outbound.guarding()
    }

    /// Throws `VALIDATION_ERROR` naming `field`.
    public func check(_ address: WebAddress, field: String) throws(AppError) {
        guard address.scheme == .https || address.address.map(opened.isOpened) ?? false else {
            throw AppError.invalid(field, "expected a URL that begins with https://")
        }
        try outbound.check(address, field: field)
    }
}
