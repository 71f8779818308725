/// What the host answers itself, also where no handler does.
enum HostRoute: String, Sendable, Hashable, CaseIterable {
    /// Alive.
    case health
    /// Able to serve: database, directory, handlers.
    case ready
    case version
    case capabilities
    /// The public keys of access tokens.
    case keys

    /// Whether calls count against their address's rate. Probes of load balancers do not.
    var isCounted: Bool { self == .version || self == .capabilities || self == .keys }

    /// Where it answers; the short forms are added by the prefix rule and by aliases.
    var paths: [String] {
        switch self {
        case .health: ["/health"]
        case .ready: ["/health/ready"]
        case .version: ["/version", "/api/version"]
        case .capabilities: ["/capabilities", "/api/capabilities"]
        // RFC 8615.
        case .keys: ["/.well-known/jwks.json"]
        }
    }
}
