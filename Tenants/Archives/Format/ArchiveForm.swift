import Kernel

/// What every archive of one version has in common. `ARCHIVE.md` says it in prose.
public enum ArchiveForm {
    /// The version that is written, and the newest that is read.
    public static let version = 1
    /// The media type of an archive.
    public static let mediaType = "application/vnd.tenantry.archive+jsonl"
    /// The longest line, in bytes without its end: one row.
    public static let longestLine = 16 << 20
    /// The longest line that is no row: the manifest, the head of a table, the end.
    public static let longestObject = 1 << 20
    /// The most tables, and the most columns of one.
    public static let mostTables = 2000
    public static let mostColumns = 1600

    /// The error of an archive that cannot be read: which line, counted from 1, and what was expected there.
    static func fault(_ line: Int, _ issue: String) -> AppError {
        AppError(.unprocessableFile, "The archive cannot be read: line \(line): \(issue)", issues: [.init(field: "line \(line)", issue: issue)])
    }
}
