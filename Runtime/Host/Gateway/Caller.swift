import Kernel
import Tokens
import Wire

/// In whose name a handler is called.
enum Caller: Sendable {
    /// Somebody who has not said who they are.
    case anonymous
    case member(Principal)
    /// The host itself, for a tenant or for none.
    case system(TenantID?)

    init(_ principal: Principal?) { self = principal.map { .member($0) } ?? .anonymous }

    /// Nil for all but a member or a key.
    var principal: Principal? { if case .member(let principal) = self { principal } else { nil } }

    var tenant: TenantID? {
        switch self {
        case .anonymous: nil
        case .member(let principal): principal.tenant
        case .system(let tenant): tenant
        }
    }

    var scope: InvocationHead.Scope {
        switch self {
        case .anonymous: .identity
        case .member: .tenant
        case .system(let tenant): tenant == nil ? .system : .tenant
        }
    }

    var kind: SignedContext.Kind {
        switch scope {
        case .tenant: .tenant
        case .identity: .identity
        case .system: .system
        }
    }
}
