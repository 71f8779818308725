public import Kernel
public import Postgres

/// Reads back from the catalogue that the walls stand, instead of trusting that they were built.
public struct Linter: Sendable {
    let client: PostgresClient
    let prefix: RolePrefix

    /// `client` may sign in as the installer, the admin role or the host role.
    public init(client: PostgresClient, prefix: RolePrefix) {
        self.client = client
        self.prefix = prefix
    }

    /// Runs every rule in one transaction.
    public func run(deadline: Deadline) async throws -> LintReport {
        let calls = LintRule.all.map { Call($0.query, [.text(prefix.description)]) }
        let results = try await client.run(Segment(calls), deadline: deadline)
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
