/// An identifier of one kind of thing, so that a user's id is never passed where a tenant's is meant.
public protocol TypedID: Hashable, Sendable, Codable, Comparable, LosslessStringConvertible {
    /// The identifier itself.
    var uuid: UUID { get }
    /// Marks an identifier as one of this kind.
    init(_ uuid: UUID)
}

extension TypedID {
    public init?(_ description: String) {
        guard let uuid = UUID(description) else { return nil }
        self.init(uuid)
    }

    public init(from decoder: any Decoder) throws { self.init(try UUID(from: decoder)) }
    public func encode(to encoder: any Encoder) throws { try uuid.encode(to: encoder) }
    public var description: String { uuid.description }
    public static func < (a: Self, b: Self) -> Bool { a.uuid < b.uuid }
}

/// Names a tenant.
public struct TenantID: TypedID {
    public let uuid: UUID
    public init(_ uuid: UUID) { self.uuid = uuid }
}

/// Names a user, over all tenants.
public struct UserID: TypedID {
    public let uuid: UUID
    public init(_ uuid: UUID) { self.uuid = uuid }
}

/// Names one run of a handler for one caller.
public struct InvocationID: TypedID {
    public let uuid: UUID
    public init(_ uuid: UUID) { self.uuid = uuid }
}
