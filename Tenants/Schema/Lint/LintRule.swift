import Postgres

/// One check: a query over the catalogue that returns nothing where all is well.
///
/// The query takes the roles' prefix as `$1` and returns the object, the SQL that mends it, and what an attacker gains where that differs from row
/// to row (else null).
struct LintRule: Sendable {
    let id: String
    let level: Finding.Level
    /// What an attacker gains.
    let gain: String
    let query: Statement

    init(_ id: StaticString, _ level: Finding.Level, gain: String, _ text: StaticString) {
        self.id = id.description
        self.level = level
        self.gain = gain
        query = Statement(id, text)
    }

    /// Every rule, in the order of a report.
    static let all: [LintRule] =
        RoleRules.all + TableRules.all + KeyRules.all + FunctionRules.all + GrantRules.all + ContextRules.all + ServerRules.all
        + PackageSchemaRules.all
}
