import Kernel
import TestSupport

/// Statements that a hostile author runs in one transaction of a handler, under tenant A's own valid context.
struct Attack: Sendable, Hashable {
    let statements: [String]
    /// Whether its answer holds what is new in each run, such as ids and times: then only its shape is compared.
    var isNewEachTime = false

    init(_ statements: String...) { self.statements = statements }

    init(shapeOnly statement: String) {
        statements = [statement]
        isNewEachTime = true
    }

    /// Whether a statement may end the transaction that it is run in.
    var endsTransaction: Bool {
        statements.contains { statement in ["commit", "end", "rollback", "abort", "prepare transaction"].contains { statement.hasPrefix($0) } }
    }

    /// The same attack with every `{name}` replaced.
    func filled(_ names: [String: String]) -> Attack {
        Attack(
            filling: statements.map { statement in
                var text = statement
                for (name, value) in names { text = text.replacing("{\(name)}", with: value) }
                return text
            }, isNewEachTime)
    }

    private init(filling statements: [String], _ isNewEachTime: Bool) {
        self.statements = statements
        self.isNewEachTime = isNewEachTime
    }

    /// All attacks, with names filled in; `{table}` stands for each tenant table in turn.
    static func all(_ names: [String: String]) -> [Attack] {
        let tables = [("app.businesses", "id", "name"), ("app.kpi_sources", "id", "name"), ("app.kpi_data", "source_id", "value")]
        var attacks: [Attack] = []
        for (table, key, column) in tables {
            for attack in Attack.reading + Attack.writing + Attack.blocking {
                attacks.append(attack.filled(["table": table, "key": key, "column": column]))
            }
        }
        attacks += Attack.keys + Attack.settings + Attack.forging + Attack.definitions + Attack.catalogue + Attack.functions + Attack.control
        attacks += Attack.answers
        return attacks.map { $0.filled(names) }
    }
}
