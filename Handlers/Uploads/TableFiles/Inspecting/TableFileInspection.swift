public import Kernel

/// What `tenantry inspect FILE --json` says of a workbook, of JSON, and of what is packed.
public enum TableFileInspection {
    /// The answer as JSON; nil for a delimited text, whose bytes were all given to `text`.
    ///
    /// A workbook: `{"ok": true, "sheets": [{"name", "hidden", "rows": [[number | bool | text | null]], "row_count", "warnings", "columns", "header",
    /// "header_rows", "skip_rows", "merged", "tables"}], "detected"}`, with all rows as they stand there, dates as ISO 8601 and numbers rounded to nine
    /// decimals. Of several tables in a sheet `tables` has each one's "row", "header", "header_rows", "skip_rows", "row_count" and "columns"; else it is
    /// empty. What stands beside it is of the first.
    /// JSON: `{"ok": true, "rows": [[text | null]], "row_count", "warnings", "columns", "header": [name] | null, "detected"}`. Columns as of a
    /// delimited text, by ``ColumnProfile``.
    /// Throws what ``TableFileReader`` throws, and what the closures do.
    ///
    /// - Parameters:
    ///   - size: the file's length in bytes.
    ///   - read: gives the bytes of a part of the file, fewer where it ends before.
    ///   - text: takes the bytes of a delimited text, unpacked.
    public static func run(
        size: Int, choice: TableFileReader.Choice = .init(), limits: TableFileLimits = .init(),
        read: (Range<Int>) throws(AppError) -> [UInt8], text: ([UInt8]) throws(AppError) -> Void
    ) throws(AppError) -> [UInt8]? {
        var reader = TableFileReader(size: size, choice: choice, limits: limits)
        var answer: InspectionWriter?
        while true {
            switch try reader.next() {
            case .read(let range): try reader.supply(try read(range))
            case .opened(let file): if file.form != .text { answer = InspectionWriter(file) }
            case .text(let bytes): try text(bytes)
            case .table(let start): answer?.begin(start)
            case .records(let batch): try answer?.add(batch)
            case .tableEnd(let end): try answer?.end(end)
            case .end: return answer?.finish()
            }
        }
    }

    /// The answer for a file that cannot be read: `{"ok": false, "error": {"code", "message", "errors"}}`.
    public static func failure(_ error: AppError) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("ok")
            writer.value(false)
            writer.key("error")
            writer.object { writer in
                writer.key("code")
                writer.value(error.code.name)
                writer.key("message")
                writer.value(error.message)
                writer.key("errors")
                writer.array { writer in
                    for issue in error.issues {
                        writer.object { writer in
                            writer.key("field")
                            writer.value(issue.field)
                            writer.key("issue")
                            writer.value(issue.issue)
                        }
                    }
                }
            }
        }
        return writer.bytes
    }
}
