import Kernel
import Wire

/// Who may call one route, decided from its description once.
enum AccessRule: Sendable, Hashable {
    case anonymous
    /// A member of the tenant, or a key, that holds the scope; nil: any member.
    case bearer(Scope?)
    /// A key that holds the scope.
    case apiKey(Scope)
    /// Another system; the resolver of that name knows whose the path's first parameter is.
    case webhook(resolver: String)
    /// The host itself.
    case system
    /// An operator of the installation whose role holds the scope. `founds`: for a tenant that is not there yet.
    case `operator`(Scope, founds: Bool)

    /// Throws `VALIDATION_ERROR` for ways of access that this runtime does not know, and for what is no scope.
    init(_ access: HandlerDescription.Access) throws(AppError) {
        switch access.kind {
        case .anonymous: self = .anonymous
        case .bearer: self = .bearer(access.scope.isEmpty ? nil : try Self.scope(access.scope))
        case .apiKey: self = .apiKey(try Self.scope(access.scope))
        case .system: self = .system
        case .operator: self = .operator(try Self.scope(access.scope), founds: false)
        case .operatorNew: self = .operator(try Self.scope(access.scope), founds: true)
        case .webhook:
            guard !access.scope.isEmpty, access.scope.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }) else {
                throw AppError.invalid("access", "expected a resolver's name of small letters for a webhook")
            }
            self = .webhook(resolver: access.scope)
        case .signedLink: throw AppError.invalid("access", "`\(access.kind.rawValue)` is not served by this runtime")
        }
    }

    static func scope(_ text: String) throws(AppError) -> Scope {
        guard let scope = Scope(rawValue: text) else { throw AppError.invalid("scope", "expected `area:verb`; got `\(text.prefix(64))`") }
        return scope
    }

    /// Whether a caller must prove who it is.
    var asksWho: Bool {
        switch self {
        case .bearer, .apiKey, .operator: true
        case .anonymous, .webhook, .system: false
        }
    }

    /// Whether only operators may call it.
    var isForOperators: Bool { if case .operator = self { true } else { false } }

    /// Whether its scope concerns sessions, members, roles or keys; also of a route without a scope that is not known. What
    /// operators change may shut a tenant.
    var isAboutRights: Bool {
        switch self {
        case .bearer(let scope): scope?.family != .ordinary
        case .apiKey(let scope): scope.family != .ordinary
        case .operator: true
        case .anonymous, .webhook, .system: false
        }
    }

    func check(_ principal: Principal) throws(AppError) {
        // Operators are members of nothing, and members no operators; a token is for one of both.
        if asksWho, principal.isOperator != isForOperators { throw AppError(.forbidden, "This access token is not for this") }
        switch self {
        case .anonymous: return
        case .bearer(nil):
            // Nothing that is good for some things only may do what has no name.
            guard principal.bound.isEmpty else { throw Self.refusal(principal, "this") }
        case .bearer(let scope?):
            guard principal.rights.holds(scope) else { throw Self.refusal(principal, scope.rawValue) }
        case .apiKey(let scope):
            guard principal.rights.isKey else { throw AppError(.forbidden, "Only an API key may call this") }
            guard principal.rights.holds(scope) else { throw Self.refusal(principal, scope.rawValue) }
        case .operator(let scope, _):
            guard principal.rights.holds(scope) else { throw Self.refusal(principal, scope.rawValue) }
        case .webhook, .system: throw AppError(.notFound, "Nothing is at this address")
        }
    }

    private static func refusal(_ principal: Principal, _ what: String) -> AppError {
        if principal.rights.isKey { return AppError(.forbidden, "This API key does not allow \(what)") }
        if !principal.bound.isEmpty { return AppError(.forbidden, "This access token does not allow \(what)") }
        return AppError(.forbidden, "Your role \(principal.rights.role) does not allow \(what)")
    }
}
