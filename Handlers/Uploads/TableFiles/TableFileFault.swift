public import Kernel

/// What makes a file no table.
public enum TableFileFault {
    static let expected = "CSV or another delimited text, JSON, XLSX, XLSM, ODS or XLS, also packed by gzip or zip"

    static func file(_ what: String) -> AppError {
        AppError(.unprocessableFile, what, issues: [.init(field: "file", issue: what)])
    }

    /// A kind of file that holds no table.
    public static func foreign(_ what: String) -> AppError {
        AppError(.unsupportedMedia, "The file is \(what); expected \(expected)", issues: [.init(field: "file", issue: "is \(what)")])
    }
}
