public import Kernel
import Tokens

/// Puts an archive into bytes, piece by piece: manifest, then each of its tables with its rows, then the end. A pure value.
public struct ArchiveWriter: Sendable {
    private let manifest: ArchiveManifest
    private var hash = SHA256()
    private var rows: [Int64] = []

    public init(_ manifest: ArchiveManifest) { self.manifest = manifest }

    /// The first line. Throws `INTERNAL_ERROR` for a manifest that no reader would take.
    public mutating func begin() throws(AppError) -> [UInt8] {
        do throws(AppError) {
            try manifest.check(line: 1)
        } catch {
            throw AppError(.internalError, detail: error.debugDescription)
        }
        let line = try JSON.encode(manifest)
        guard line.count <= ArchiveForm.longestObject else {
            throw AppError(.internalError, detail: "a manifest of \(line.count) bytes; an archive takes \(ArchiveForm.longestObject)")
        }
        return take(line)
    }

    /// The head of the manifest's next table.
    public mutating func beginTable() throws(AppError) -> [UInt8] {
        guard rows.count < manifest.tables.count else { throw AppError(.internalError, detail: "more tables than the manifest names") }
        let name = manifest.tables[rows.count].name
        rows.append(0)
        return take(try JSON.encode(["table": name]))
    }

    /// Rows of the table that was begun last: lines as ``RowLine`` writes them, with a line end between them and none at the end. Not checked but for
    /// their count.
    public mutating func append(lines: [UInt8], count: Int) throws(AppError) -> [UInt8] {
        guard !rows.isEmpty else { throw AppError(.internalError, detail: "rows before the first table") }
        guard count > 0 else { return [] }
        rows[rows.count - 1] += Int64(count)
        return take(lines)
    }

    /// The last line. Throws `INTERNAL_ERROR` where a table of the manifest was not begun.
    public mutating func end() throws(AppError) -> (bytes: [UInt8], end: ArchiveEnd) {
        guard rows.count == manifest.tables.count else { throw AppError(.internalError, detail: "fewer tables than the manifest names") }
        let end = ArchiveEnd(rows: rows, sha256: hash.finalize().hex)
        return (try JSON.encode(["end": end]) + [UInt8(ascii: "\n")], end)
    }

    private mutating func take(_ line: [UInt8]) -> [UInt8] {
        var line = line
        line.append(UInt8(ascii: "\n"))
        hash.update(line)
        return line
    }
}
