import Kernel

/// Values for a statement's binds, as SQL: by type, and by the column that a bind is compared with.
enum PlanArguments {
    /// `types` are those that Postgres inferred, in the order of the binds.
    ///
    /// Ranges of time are a month; for statements with a plan of their own, which are meant for long ranges, eleven months.
    static func list(_ statement: CatalogueStatement, _ types: [String], for tenant: TenantID) -> String {
        types.indices.map { value(statement, $0 + 1, types[$0], tenant) }.joined(separator: ", ")
    }

    private static func value(_ statement: CatalogueStatement, _ number: Int, _ type: String, _ tenant: TenantID) -> String {
        let text = statement.text
        let end = statement.wantsOwnPlan ? "2025-12-01" : "2025-02-01"
        let business = PlanWorld.business(tenant)
        switch type {
        case "uuid":
            if number == 1 { return "'\(tenant)'" }
            if text.contains("values ($1") { return "gen_random_uuid()" }
            return comparison(text, number) == ">" ? "'\(UUID.zero)'" : "'\(business)'"
        case "timestamp with time zone": return comparison(text, number) == ">=" ? "'2025-01-03Z'" : "'\(end)Z'"
        case "date": return comparison(text, number) == ">=" ? "'2025-01-03'" : "'\(end)'"
        case "text": return "'s0'"
        case "integer", "bigint", "smallint": return "7"
        case "double precision": return "1.5"
        case "boolean": return "true"
        case "jsonb": return "'{}'"
        case "text[]": return "array['s0', 's1']"
        case "uuid[]": return "array['\(business)', gen_random_uuid()]::uuid[]"
        case "boolean[]": return "array[true, false]"
        case "jsonb[]": return "array['{}', '{}']::jsonb[]"
        case "integer[]": return "array[1, 1]"
        case "bigint[]": return "array[1, 2]"
        case "timestamp with time zone[]": return "array['2025-01-03Z', '2030-01-04Z']::timestamptz[]"
        case "double precision[]": return "array[1.5, 2.5]::float8[]"
        default: return "null"
        }
    }

    /// The operator in front of a bind, for example `>=`.
    private static func comparison(_ text: String, _ number: Int) -> String? {
        guard let mark = text.ranges(of: "$\(number)").first else { return nil }
        let before = text[..<mark.lowerBound].reversed().drop { $0 == " " }.prefix { "<>=".contains($0) }
        return String(before.reversed())
    }
}
