import Imports
import Kernel
import Tabular

/// Records and columns for tests of imports.
enum Samples {
    /// A batch of texts; lines begin below a header.
    static func batch(_ rows: [[String?]], firstRecord: Int = 0) -> RecordBatch {
        var batch = RecordBatch(firstRecord: firstRecord)
        for (index, row) in rows.enumerated() {
            for field in row { if let field { batch.append(field) } else { batch.appendNull() } }
            batch.endRecord(line: firstRecord + index + 2)
        }
        return batch
    }

    /// Numbers with a point; times as days `YYYY-MM-DD` in the column `day`; texts in those that say so.
    static func columns(_ names: String...) -> [ImportColumn] {
        names.map { name in
            switch name {
            case "day": ImportColumn(name: name, type: ColumnType(.date, kind: .date, format: "%Y-%m-%d"))
            case "kpi", "region", "shop", "a", "b": ImportColumn(name: name, type: .text)
            default: ImportColumn(name: name, type: ColumnType(.number, kind: .decimal))
            }
        }
    }

    static let business = UUID(high: 0x0190_0000_0000_7002, low: 0x8000_0000_0000_0001)
    static let other = UUID(high: 0x0190_0000_0000_7002, low: 0x8000_0000_0000_0002)

    /// A mapping of `day` and `sales`, changed.
    static func wide(_ change: (inout ImportMapping) -> Void = { _ in }) -> ImportMapping {
        var mapping = ImportMapping(layout: .wide, timeColumn: "day")
        mapping.businessID = business
        mapping.metrics = [.init(column: "sales")]
        change(&mapping)
        return mapping
    }

    /// A mapping of `day`, `kpi` and `value`, changed.
    static func long(_ change: (inout ImportMapping) -> Void = { _ in }) -> ImportMapping {
        var mapping = ImportMapping(layout: .long, timeColumn: "day")
        mapping.businessID = business
        mapping.metricColumn = "kpi"
        mapping.valueColumn = "value"
        change(&mapping)
        return mapping
    }

    static func day(_ text: String) -> Int64 { Timestamp("\(text)T00:00:00Z")?.microseconds ?? 0 }
}
