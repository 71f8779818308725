import Containers
import HandlerKit

/// What a file is at first sight, by its bytes; reading it tells more.
struct FileSort: RawRepresentable, Sendable, Hashable {
    /// As in SQL and JSON: `csv` for any delimited text.
    let rawValue: String

    /// Throws `UNSUPPORTED_MEDIA_TYPE` for what holds no table that is read here.
    static func detect(_ head: [UInt8], name: String?) throws(AppError) -> FileSort {
        switch FileKind(head: head, name: name) {
        case .text: return FileSort(rawValue: "csv")
        case .json: return FileSort(rawValue: "json")
        case .gzip: return FileSort(rawValue: "gzip")
        case .zip: return FileSort(rawValue: "zip")
        case .compound: return FileSort(rawValue: "workbook")
        case .foreign(let what):
            throw AppError(
                .unsupportedMedia, "The file is \(what); expected CSV or another delimited text, JSON or a workbook, also packed by gzip or zip",
                issues: [.init(field: "file", issue: "is \(what)")])
        }
    }
}
