import HandlerKit

/// What is known of a person, over all tenants.
struct Profile: Sendable {
    let email: String
    let name: String
    let createdAt: Timestamp

    init(_ row: Row) throws {
        email = try row.text(0)
        name = try row.text(1)
        createdAt = try row.timestamp(2)
    }
}
