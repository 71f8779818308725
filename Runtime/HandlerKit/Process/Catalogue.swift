import Postgres

extension [Statement] {
    /// The statements as JSON: an array of name, text, access, cost and plan.
    var catalogue: [UInt8] {
        var writer = JSONWriter()
        writer.array { writer in
            for statement in self {
                writer.object { writer in
                    writer.key("name")
                    writer.value(statement.name)
                    writer.key("text")
                    writer.value(statement.text)
                    writer.key("access")
                    writer.value("\(statement.access)")
                    writer.key("cost")
                    writer.value("\(statement.cost)")
                    writer.key("plan")
                    writer.value("\(statement.plan)")
                }
            }
        }
        return writer.bytes
    }
}
