import ArchiveFormat
import Kernel

/// Archives in memory.
struct SampleArchive {
    /// Xorshift (Marsaglia 2003), so that each run tries the same ones.
    struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    static let tenant = ArchivedTenant(
        id: UUID(high: 1, low: 2), slug: "fish", name: "Fish & Chips \"Ltd\"", plan: "free", region: "default", timeZone: "UTC", weight: 100,
        mfaRequired: false, createdAt: Timestamp(seconds: 1_770_000_000))

    static func manifest(_ tables: [ArchivedTable]) -> ArchiveManifest {
        ArchiveManifest(
            madeAt: Timestamp(seconds: 1_780_000_000), tenant: tenant, migrations: [.init(series: "core", version: 25)], tables: tables,
            leftOut: [.init(object: "api_keys", reason: "secrets are not archived")])
    }

    var manifest: ArchiveManifest
    /// Of each table.
    var rows: [[[String?]]]

    init(_ rows: [[[String?]]], columns: [Int]) {
        self.rows = rows
        manifest = Self.manifest(
            columns.enumerated().map { index, count in
                ArchivedTable(name: "app.t\(index)", columns: (0..<count).map { .init(name: "c\($0)", type: "text") })
            })
    }

    /// Tables of all widths with values of every kind.
    static func random(_ random: inout Random) -> SampleArchive {
        let columns = (0..<Int.random(in: 0...5, using: &random)).map { _ in Int.random(in: 0...6, using: &random) }
        let rows = columns.map { count in
            (0..<Int.random(in: 0...40, using: &random)).map { _ in (0..<count).map { _ in value(&random) } }
        }
        return SampleArchive(rows, columns: columns)
    }

    private static let texts = [
        "", "a", "null", "[\"x\"]", "\"", "\\", "\n", "\r\n", "\t", "\u{8}\u{c}", "\u{1}\u{1f}", "\u{7f}", "é", "\u{202e}", "\u{fffd}", "\u{1F41F}",
        "\u{10ffff}", "{\"table\":\"app.t1\"}", "01a0b1c2-0000-7000-8000-000000000001", "Infinity", "-0", "\\x00ff",
    ]

    private static func value(_ random: inout Random) -> String? {
        switch Int.random(in: 0...6, using: &random) {
        case 0: nil
        case 1: String(repeating: texts.randomElement(using: &random) ?? "", count: Int.random(in: 0...300, using: &random))
        default: texts.randomElement(using: &random)
        }
    }

    /// The whole archive.
    func bytes() throws -> [UInt8] {
        var writer = ArchiveWriter(manifest)
        var bytes = try writer.begin()
        for table in rows {
            bytes += try writer.beginTable()
            for row in table { bytes += try writer.append(lines: RowLine.write(row), count: 1) }
        }
        return bytes + (try writer.end().bytes)
    }

    /// What a reader makes of bytes that come in pieces.
    static func read(_ bytes: [UInt8], pieces: Int) throws -> (manifest: ArchiveManifest?, rows: [[[String?]]], end: ArchiveEnd) {
        var reader = ArchiveReader()
        var manifest: ArchiveManifest?
        var rows: [[[String?]]] = []
        var start = 0
        while start < bytes.count {
            let end = min(start + max(pieces, 1), bytes.count)
            for event in try reader.read(Array(bytes[start..<end])) {
                switch event {
                case .manifest(let found): manifest = found
                case .table: rows.append([])
                case .rows(let batch):
                    for row in 0..<batch.count {
                        rows[batch.table].append(
                            (0..<batch.width).map { column in batch.cell(row, column).map { String(decoding: $0, as: UTF8.self) } })
                    }
                case .end: break
                }
            }
            start = end
        }
        return (manifest, rows, try reader.finish())
    }

    /// What a reader says of bytes: the message, nil where it takes them.
    static func refusal(_ bytes: [UInt8], pieces: Int = 4096) -> String? {
        do {
            _ = try read(bytes, pieces: pieces)
            return nil
        } catch let error as AppError {
            return "\(error.code.name): \(error.message)"
        } catch { return "\(error)" }
    }
}
