import Kernel

/// A plan as EXPLAIN (ANALYZE, FORMAT JSON) tells it.
struct Plan: CustomStringConvertible {
    private let root: JSONValue

    init(_ text: String) throws {
        root = try JSON.read(Array(text.utf8))[0]?["Plan"] ?? .null
    }

    /// One node that reads a table.
    struct Scan {
        let node: String
        let table: String
        let index: String?
        let estimated: Double
        let actual: Double
        /// Whether something above it stops early, so that fewer rows than planned are no surprise.
        let isCutShort: Bool
        let wasRun: Bool
    }

    /// Every scan of a tenant's table.
    var scans: [Scan] {
        var found: [Scan] = []
        collect(root, false, &found)
        return found
    }

    private func collect(_ node: JSONValue, _ cut: Bool, _ found: inout [Scan]) {
        let kind = node["Node Type"]?.string ?? ""
        let loops = node["Actual Loops"]?.number ?? 0
        if let table = node["Relation Name"]?.string, node["Operation"] == nil {
            let index = node["Index Name"]?.string ?? node["Plans"]?[0]?["Index Name"]?.string
            found.append(
                Scan(
                    node: kind, table: table, index: index, estimated: node["Plan Rows"]?.number ?? 0, actual: node["Actual Rows"]?.number ?? 0,
                    isCutShort: cut, wasRun: loops > 0))
        }
        let cuts = cut || kind == "Limit" || node["Parent Relationship"]?.string == "Inner" && kind == "Materialize"
        for child in node["Plans"]?.array ?? [] { collect(child, cuts, &found) }
    }

    var description: String {
        scans.map { "\($0.node) on \($0.table) by \($0.index ?? "no index"): \($0.estimated) rows planned, \($0.actual) found" }.joined(
            separator: "; ")
    }
}
