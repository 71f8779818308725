public import Kernel

/// A migration that the database has recorded.
public struct AppliedMigration: Sendable, Hashable {
    public let series: String
    public let version: Int
    public let name: String
    public let checksum: String
    public let appliedAt: Timestamp

    public init(series: String, version: Int, name: String, checksum: String, appliedAt: Timestamp) {
        self.series = series
        self.version = version
        self.name = name
        self.checksum = checksum
        self.appliedAt = appliedAt
    }
}

/// Where one migration stands.
public struct MigrationStatus: Sendable, Hashable {
    public enum State: String, Sendable, Hashable {
        /// Not applied yet.
        case pending
        /// Applied, and its file is as it was then.
        case applied
        /// Applied, but its file has another content now.
        case changed
        /// Applied, but its file is gone.
        case missing
    }

    public let series: String
    public let version: Int
    public let name: String
    public let state: State
    /// When it was applied; nil while it is pending.
    public let appliedAt: Timestamp?
}

/// Compares files with what the database has recorded and says what to do. Pure.
struct MigrationPlan {
    let series: [MigrationSeries]
    let applied: [AppliedMigration]

    /// All migrations, series by series, by number.
    var status: [MigrationStatus] {
        series.flatMap { series in
            let recorded = applied.filter { $0.series == series.name }
            let files = series.migrations.map { file in
                let record = recorded.first { $0.version == file.version }
                let state: MigrationStatus.State = record == nil ? .pending : record?.checksum == file.checksum ? .applied : .changed
                return MigrationStatus(
                    series: file.series, version: file.version, name: file.name, state: state, appliedAt: record?.appliedAt)
            }
            let gone = recorded.filter { record in !series.migrations.contains { $0.version == record.version } }.map {
                MigrationStatus(series: $0.series, version: $0.version, name: $0.name, state: .missing, appliedAt: $0.appliedAt)
            }
            return (files + gone).sorted { $0.version < $1.version }
        }
    }

    /// What is to be applied, in order.
    ///
    /// Throws `CONFLICT` where an applied file changed or is gone, or a pending one stands before an applied one: the database is then not what
    /// the files say, and a person must decide.
    func up() throws(AppError) -> [Migration] {
        try refuseDrift()
        return series.flatMap { series in
            series.migrations.filter { file in !applied.contains { $0.series == series.name && $0.version == file.version } }
        }
    }

    /// What is to be taken back, newest first: the last `steps` of one series.
    func down(_ name: String, steps: Int) throws(AppError) -> [Migration] {
        guard let series = series.first(where: { $0.name == name }) else {
            throw AppError.invalid("series", "expected one of \(series.map(\.name).joined(separator: ", "))")
        }
        try refuseDrift()
        let versions = applied.filter { $0.series == name }.map(\.version).sorted(by: >).prefix(steps)
        return versions.compactMap { version in series.migrations.first { $0.version == version } }
    }

    private func refuseDrift() throws(AppError) {
        let status = status
        var faults: [String] = []
        for entry in status {
            let label = "\(entry.series) \(entry.version) (\(entry.name))"
            switch entry.state {
            case .changed: faults.append("\(label) was changed after it was applied; restore the file and add a new migration")
            case .missing: faults.append("\(label) is applied, but its file is gone")
            case .pending where status.contains { $0.series == entry.series && $0.version > entry.version && $0.state != .pending }:
                faults.append("\(label) is not applied, but a later one is")
            case .pending, .applied: break
            }
        }
        guard faults.isEmpty else { throw AppError(.conflict, faults.joined(separator: "; ")) }
    }
}
