import Kernel
import Wire

/// Who may call one route, decided from its description once.
enum AccessRule: Sendable, Hashable {
    case anonymous
    /// A member of the tenant who holds the scope; empty: any member.
    case bearer(scope: String)

    /// Throws `VALIDATION_ERROR` for ways of access that this runtime does not know.
    init(_ access: HandlerDescription.Access) throws(AppError) {
        switch access.kind {
        case .anonymous: self = .anonymous
        case .bearer: self = .bearer(scope: access.scope)
        case .apiKey, .signedLink, .webhook: throw AppError.invalid("access", "`\(access.kind.rawValue)` is not served by this runtime")
        }
    }

    func check(_ principal: Principal) throws(AppError) {
        guard case .bearer(let scope) = self, !scope.isEmpty, !principal.role.holds(scope) else { return }
        throw AppError(.forbidden, "Your role \(principal.role.rawValue) does not allow \(scope)")
    }
}
