/// One statement of the catalogue: constant text with `$1`-style binds, prepared once per connection.
///
/// Only such statements run on shared connections, because other SQL could leave something behind that changes what the next one reads.
/// Name every relation with its schema: the search path holds `pg_catalog` alone.
public struct Statement: Sendable, Hashable {
    /// What it does to data. A read may be sent again when its connection is lost, and may share a connection with another read.
    public enum Access: Sendable, Hashable { case read, write }

    /// How long it takes. Only `short` ones (under a few milliseconds, whatever the binds) may wait behind each other on one connection.
    public enum Cost: Sendable, Hashable { case short, unknown }

    /// How it is planned: Postgres decides, or anew for the values of each call. `custom` suits statements whose tenants differ much in size.
    public enum Plan: Sendable, Hashable { case auto, custom }

    /// Stands in the log and in metrics, for example `dashboards.metrics`.
    public let name: String
    /// The SQL.
    public let text: String
    /// Whether it changes something.
    public let access: Access
    /// How long it takes.
    public let cost: Cost
    /// How it is planned.
    public let plan: Plan
    /// A hash of the text; the server knows the statement by it and by nothing else, so that a name never stands for two texts.
    let fingerprint: Fingerprint

    /// A statement of the catalogue. Make it once, as a `static let`.
    public init(_ name: StaticString, _ text: StaticString, access: Access = .read, cost: Cost = .unknown, plan: Plan = .auto) {
        self.name = name.description
        self.text = text.description
        self.access = access
        self.cost = cost
        self.plan = plan
        fingerprint = text.withUTF8Buffer { Fingerprint($0) }
    }

    public static func == (a: Statement, b: Statement) -> Bool { a.fingerprint == b.fingerprint }
    public func hash(into hasher: inout Hasher) { hasher.combine(fingerprint.low) }
}

/// 128 bits that stand for a text: two runs of FNV-1a (Fowler, Noll, Vo, 64 bits) from different bases.
struct Fingerprint: Hashable, Sendable {
    private(set) var high: UInt64 = 0x6c62_272e_07bb_0142
    private(set) var low: UInt64 = 0xcbf2_9ce4_8422_2325

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        for byte in bytes { mix(UInt64(byte)) }
    }

    mutating func mix(_ value: UInt64) {
        low = (low ^ value) &* 0x0000_0100_0000_01b3
        high = (high ^ (value &+ 0x9e37_79b9_7f4a_7c15)) &* 0x0000_0100_0000_01b3
        high ^= high >> 29
    }
}
