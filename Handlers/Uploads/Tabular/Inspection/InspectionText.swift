/// The answer of an inspection as lines for people.
enum InspectionText {
    static func head(_ shape: TableShape) -> [UInt8] {
        var lines = [
            "encoding     \(shape.encoding.rawValue)\(shape.mark > 0 ? " with byte order mark" : "")",
            "delimiter    \(shown(shape.delimiter))",
            "quote        \(shape.quote ?? "none")",
            "line ends    \(shape.lineEnd.rawValue)",
            "header       \(shape.headerRows == 0 ? "none" : "\(shape.headerRows) row(s) below line \(shape.skipRows)")",
            "columns      \(shape.columns)",
            "",
        ]
        if let header = shape.header { lines.append(header.joined(separator: "\t")) }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    private static func shown(_ delimiter: String) -> String {
        switch delimiter {
        case "\t": "tab"
        case " ": "space"
        default: delimiter
        }
    }

    static func rows(_ batch: RecordBatch, _ count: Int, _ bytes: inout [UInt8]) {
        for record in 0..<count {
            bytes += Array(batch.row(record).map { $0 ?? "" }.joined(separator: "\t").utf8)
            bytes.append(0x0A)
        }
    }

    static func tail(_ summary: ReadSummary, _ profile: TableProfile) -> [UInt8] {
        let warnings = summary.warningCount + profile.warnings.count
        var lines = [""] + profile.columns.map { "\($0.name): \($0.type.kind.rawValue) \($0.type.format)" }
        lines += ["", "\(profile.rows) rows of data, \(warnings) warning(s)"]
        for warning in summary.warnings { lines.append("line \(warning.row): \(warning.message)") }
        for warning in profile.warnings { lines.append("\(warning.column): \(warning.message)") }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
}
