public import Kernel

/// The first line of an archive: what is in it, and where it comes from.
public struct ArchiveManifest: Sendable, Hashable, Codable {
    /// ``ArchiveForm/version``.
    public var format: Int
    public var madeAt: Timestamp
    public var tenant: ArchivedTenant
    /// How far the schema was, by series of migrations.
    public var migrations: [SeriesVersion]
    /// In the order in which they follow.
    public var tables: [ArchivedTable]
    /// What belongs to the tenant and is not in the archive.
    public var leftOut: [LeftOut]

    enum CodingKeys: String, CodingKey {
        case format = "tenantry_archive"
        case madeAt = "made_at"
        case tenant, migrations, tables
        case leftOut = "left_out"
    }

    public init(
        format: Int = ArchiveForm.version, madeAt: Timestamp, tenant: ArchivedTenant, migrations: [SeriesVersion], tables: [ArchivedTable],
        leftOut: [LeftOut]
    ) {
        self.format = format
        self.madeAt = madeAt
        self.tenant = tenant
        self.migrations = migrations
        self.tables = tables
        self.leftOut = leftOut
    }

    /// The newest step of a series of migrations.
    public struct SeriesVersion: Sendable, Hashable, Codable {
        public var series: String
        public var version: Int

        public init(series: String, version: Int) {
            self.series = series
            self.version = version
        }
    }

    /// A table or a column, and why it is not there.
    public struct LeftOut: Sendable, Hashable, Codable {
        public var object: String
        public var reason: String

        public init(object: String, reason: String) {
            self.object = object
            self.reason = reason
        }
    }
}

/// What the installation says of the tenant itself.
public struct ArchivedTenant: Sendable, Hashable, Codable {
    /// Its id where it came from; where it is read it gets another one.
    public var id: UUID
    public var slug: String
    public var name: String
    public var plan: String
    public var region: String
    public var timeZone: String
    public var weight: Int
    public var mfaRequired: Bool
    public var createdAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, slug, name, plan, region, weight
        case timeZone = "time_zone"
        case mfaRequired = "mfa_required"
        case createdAt = "created_at"
    }

    public init(
        id: UUID, slug: String, name: String, plan: String, region: String, timeZone: String, weight: Int, mfaRequired: Bool, createdAt: Timestamp
    ) {
        self.id = id
        self.slug = slug
        self.name = name
        self.plan = plan
        self.region = region
        self.timeZone = timeZone
        self.weight = weight
        self.mfaRequired = mfaRequired
        self.createdAt = createdAt
    }
}

/// A table with the columns whose values each of its rows lists.
public struct ArchivedTable: Sendable, Hashable, Codable {
    /// `schema.name`; without a period for what is no table of tenants: `roles`, `members`.
    public var name: String
    public var columns: [Column]

    public init(name: String, columns: [Column]) {
        self.name = name
        self.columns = columns
    }

    public struct Column: Sendable, Hashable, Codable {
        public var name: String
        /// As Postgres names it, without length or precision: `timestamp with time zone`.
        public var type: String

        public init(name: String, type: String) {
            self.name = name
            self.type = type
        }
    }
}

/// The last line: how many rows each table had, and the hash of all bytes before it.
public struct ArchiveEnd: Sendable, Hashable, Codable {
    /// In the manifest's order.
    public var rows: [Int64]
    /// SHA-256, 64 lower-case hexadecimal digits.
    public var sha256: String

    public init(rows: [Int64], sha256: String) {
        self.rows = rows
        self.sha256 = sha256
    }

    /// All rows together.
    public var total: Int64 { rows.reduce(0, +) }
}
