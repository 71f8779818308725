/// What the host answers itself, also where no handler does.
enum HostRoute: String, Sendable, Hashable, CaseIterable {
    /// Alive.
    case health
    /// Able to serve: database, directory, handlers.
    case ready
    case version
    case capabilities

    /// Whether calls count against their address's rate. Probes of load balancers do not.
    var isCounted: Bool { self == .version || self == .capabilities }

    /// Where it answers; the short forms are added by the prefix rule and by aliases.
    var paths: [String] {
        switch self {
        case .health: ["/health"]
        case .ready: ["/health/ready"]
        case .version: ["/version", "/api/version"]
        case .capabilities: ["/capabilities", "/api/capabilities"]
        }
    }
}
