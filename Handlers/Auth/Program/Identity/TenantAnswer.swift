import HandlerKit

/// A tenant as its member sees it.
struct TenantAnswer: Codable, Sendable {
    let id: TenantID
    let slug: String
    let name: String
    let role: Role
}
