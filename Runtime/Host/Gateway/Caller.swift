import Kernel
import Tokens
import Wire

/// In whose name a handler is called.
enum Caller: Sendable {
    /// Somebody who has not said who they are.
    case anonymous
    case member(Principal)
    /// An operator of the installation, for a tenant or for none.
    case `operator`(Principal)
    /// Another system that reports to a tenant. Whether it may is for the handler to find out.
    case webhook(TenantID)
    /// The host itself, for a tenant or for none.
    case system(TenantID?)

    init(_ principal: Principal?) { self = principal.map { $0.isOperator ? .operator($0) : .member($0) } ?? .anonymous }

    /// Nil for all but a member, a key or an operator.
    var principal: Principal? {
        switch self {
        case .member(let principal), .operator(let principal): principal
        case .anonymous, .webhook, .system: nil
        }
    }

    /// Whose usage it is: what operators do for a tenant is not the tenant's.
    var metered: TenantID? { if case .operator = self { nil } else { tenant } }

    var tenant: TenantID? {
        switch self {
        case .anonymous: nil
        case .member(let principal): principal.tenant
        case .operator(let principal): principal.target
        case .webhook(let tenant): tenant
        case .system(let tenant): tenant
        }
    }

    var scope: InvocationHead.Scope {
        switch self {
        case .anonymous: .identity
        case .member, .webhook: .tenant
        case .operator: .operator
        case .system(let tenant): tenant == nil ? .system : .tenant
        }
    }

    var kind: SignedContext.Kind {
        switch scope {
        case .tenant: .tenant
        case .identity: .identity
        case .system: .system
        case .operator: .operator
        }
    }
}
