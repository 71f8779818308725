public import Kernel
public import Postgres

/// Reads back from the catalogue that the walls stand, instead of trusting that they were built.
public struct Linter: Sendable {
    let client: PostgresClient
    let prefix: RolePrefix

    /// The ids of all rules, in the order of a report.
    public static var rules: [String] { LintRule.all.map(\.id) }

    /// `client` may sign in as the installer, the admin role or the host role.
    public init(client: PostgresClient, prefix: RolePrefix) {
        self.client = client
        self.prefix = prefix
    }

    /// Runs every rule in one transaction.
    public func run(deadline: Deadline) async throws -> LintReport {
        try report(await client.run(Segment(calls), deadline: deadline))
    }

    /// Runs every rule on a connection, in its open transaction where there is one: before a change is committed.
    public func run(on connection: OwnConnection) async throws -> LintReport {
        try report(await connection.run(Segment(calls)))
    }

    private var calls: [Call] { LintRule.all.map { Call($0.query, [.text(prefix.description)]) } }

    private func report(_ results: [Rows]) throws -> LintReport {
        var findings: [Finding] = []
        for (rule, rows) in zip(LintRule.all, results) {
            for row in rows {
                findings.append(
                    Finding(
                        id: rule.id, level: rule.level, object: try row.text(0), gain: try row.optionalText(2) ?? rule.gain,
                        fix: try row.optionalText(1) ?? ""))
            }
        }
        return LintReport(findings: findings)
    }
}
