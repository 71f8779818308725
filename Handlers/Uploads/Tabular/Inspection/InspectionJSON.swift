import Kernel

/// The answer of an inspection as one object, in three parts.
enum InspectionJSON {
    static func head(_ shape: TableShape) -> [UInt8] {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.key("ok")
        writer.value(true)
        writer.key("header")
        if let header = shape.header {
            writer.array { writer in for name in header { writer.value(name) } }
        } else {
            writer.raw(Array("null".utf8))
        }
        writer.key("rows")
        writer.beginArray()
        return writer.bytes
    }

    static func rows(_ batch: RecordBatch, _ count: Int, isFirst: Bool, _ bytes: inout [UInt8]) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        var writer = JSONWriter(appendingTo: bytes)
        bytes = []
        for record in 0..<count {
            writer.array { writer in
                for field in batch.fields(of: record) {
                    if let text = batch.text(field) { writer.value(text) } else { writer.raw(Array("null".utf8)) }
                }
            }
        }
        bytes = writer.bytes
    }

    static func tail(_ shape: TableShape, _ summary: ReadSummary, _ profile: TableProfile) throws(AppError) -> [UInt8] {
        let columns = try JSON.encode(profile.columns)
        var writer = JSONWriter(capacity: 1024)
        // Inside an object of its own, whose bracket is the one of the rows.
        writer.beginObject()
        writer.key("detected")
        writer.object { detected(shape, summary, profile, &$0) }
        writer.key("columns")
        writer.raw(columns)
        writer.key("warnings")
        writer.array { writer in
            for warning in summary.warnings {
                writer.object { writer in
                    writer.key("row")
                    writer.value(warning.row)
                    writer.key("kind")
                    writer.value(warning.kind.rawValue)
                    writer.key("message")
                    writer.value(warning.message)
                }
            }
            for warning in profile.warnings {
                writer.object { writer in
                    writer.key("row")
                    if let row = warning.row { writer.value(row) } else { writer.raw(Array("null".utf8)) }
                    writer.key("column")
                    writer.value(warning.column)
                    writer.key("kind")
                    writer.value(warning.kind)
                    writer.key("message")
                    writer.value(warning.message)
                }
            }
        }
        writer.key("tables")
        writer.raw(try JSON.encode(summary.starts))
        writer.key("warning_count")
        writer.value(summary.warningCount + profile.warnings.count)
        writer.key("row_count")
        writer.value(profile.rows)
        writer.endObject()
        return Array("],".utf8) + writer.bytes.dropFirst() + [0x0A]
    }

    private static func detected(_ shape: TableShape, _ summary: ReadSummary, _ profile: TableProfile, _ writer: inout JSONWriter) {
        func text(_ key: StaticString, _ value: String?) {
            writer.key(key)
            if let value { writer.value(value) } else { writer.raw(Array("null".utf8)) }
        }
        text("encoding", shape.encoding.rawValue)
        writer.key("bom")
        writer.value(shape.mark > 0)
        text("delimiter", shape.delimiter)
        text("quote", shape.quote)
        text("escape", shape.escape)
        text("line_end", shape.lineEnd.rawValue)
        writer.key("header_rows")
        writer.value(shape.headerRows)
        writer.key("skip_rows")
        writer.value(shape.skipRows)
        writer.key("total_row")
        if let total = profile.totalRows.last { writer.value(total.record + 1) } else { writer.raw(Array("null".utf8)) }
        writer.key("tables")
        writer.value(summary.tables)
        writer.key("confidence")
        writer.object { writer in
            share("encoding", shape.confidence.encoding, &writer)
            share("dialect", shape.confidence.dialect, &writer)
            share("structure", shape.confidence.structure, &writer)
        }
        writer.key("reasons")
        writer.object { writer in
            for (name, reason) in shape.reasons.sorted(by: { $0.key < $1.key }) {
                writer.key(named: name)
                writer.value(reason)
            }
        }
    }

    /// Three digits behind the point.
    private static func share(_ key: StaticString, _ value: Double, _ writer: inout JSONWriter) {
        writer.key(key)
        writer.raw(Array("\((value * 1000).rounded() / 1000)".utf8))
    }
}
