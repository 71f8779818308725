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
        case "text": return "'\(words[column(text, number) ?? ""] ?? "s0")'"
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

    /// What the checks of some columns allow.
    private static let words = [
        "severity": "info", "least_severity": "info", "phase": "normal", "outcome": "delivered", "kind": "fired", "condition": "above",
        "type": "webhook",
    ]

    /// The column that a bind becomes the value of: by `column = $n`, or by its place behind `insert into … (…) values (` or `) select `.
    private static func column(_ text: String, _ number: Int) -> String? {
        let name = { (part: Substring) in part.trimming { !$0.isLetter && $0 != "_" && !$0.isNumber } }
        if let mark = text.firstRange(of: "= $\(number)"), text[mark.upperBound...].first?.isNumber != true {
            return name(text[..<mark.lowerBound].split(separator: " ").last ?? "")
        }
        guard text.contains("insert into app."), let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")") else {
            return nil
        }
        let columns = text[open..<close].split(separator: ",").map(name)
        let behind = text[close...].drop { $0 != "$" }.prefix { $0 != "\n" }
        guard let place = behind.split(separator: ",").map(name).firstIndex(of: "\(number)"), columns.indices.contains(place) else { return nil }
        return columns[place]
    }

    /// The operator in front of a bind, for example `>=`.
    private static func comparison(_ text: String, _ number: Int) -> String? {
        guard let mark = text.ranges(of: "$\(number)").first else { return nil }
        let before = text[..<mark.lowerBound].reversed().drop { $0 == " " }.prefix { "<>=".contains($0) }
        return String(before.reversed())
    }
}

extension Substring {
    fileprivate func trimming(_ isEdge: (Character) -> Bool) -> String {
        var text = self
        while let first = text.first, isEdge(first) { text.removeFirst() }
        while let last = text.last, isEdge(last) { text.removeLast() }
        return String(text)
    }
}
