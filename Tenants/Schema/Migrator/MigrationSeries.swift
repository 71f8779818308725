public import Kernel

/// The migrations of one folder, in order.
public struct MigrationSeries: Sendable {
    /// `core`, or a handler's name.
    public let name: String
    public let migrations: [Migration]

    /// The texts by file name: what ``init(_:files:folder:)`` takes.
    public var files: [String: String] {
        var files: [String: String] = [:]
        for migration in migrations {
            let up = MigrationFileName(version: migration.version, words: migration.name, isUp: true)
            files[up.description] = migration.up
            files[up.counterpart.description] = migration.down
        }
        return files
    }

    /// Reads files named `0001_words.up.sql` and `0001_words.down.sql`.
    ///
    /// Throws `VALIDATION_ERROR` with every fault: another form of name, a file without its counterpart, a number twice or left out.
    public static func read(_ name: String, folder: String) throws(AppError) -> MigrationSeries {
        var texts: [String: String] = [:]
        for file in try File.names(in: folder) where file.hasSuffix(".sql") {
            guard let text = String(validating: try File.read("\(folder)/\(file)"), as: UTF8.self) else {
                throw AppError.invalid("\(folder)/\(file)", "expected UTF-8")
            }
            texts[file] = text
        }
        return try MigrationSeries(name, files: texts, folder: folder)
    }

    /// The series of files given as name and text; `folder` names their place in errors.
    public init(_ name: String, files: [String: String], folder: String = ".") throws(AppError) {
        var faults: [AppError.Issue] = []
        var found: [MigrationFileName: String] = [:]
        for (file, text) in files.sorted(by: { $0.key < $1.key }) {
            guard let parsed = MigrationFileName(file) else {
                faults.append(.init(field: "\(folder)/\(file)", issue: "expected a name such as 0007_words.up.sql"))
                continue
            }
            found[parsed] = text
        }
        var migrations: [Migration] = []
        for (up, text) in found.filter({ $0.key.isUp }).sorted(by: { $0.key.version < $1.key.version }) {
            guard let down = found[up.counterpart] else {
                faults.append(.init(field: "\(folder)/\(up)", issue: "expected \(up.counterpart) beside it"))
                continue
            }
            if up.version != migrations.count + 1 {
                faults.append(.init(field: "\(folder)/\(up)", issue: "expected number \(migrations.count + 1) next"))
            }
            migrations.append(Migration(series: name, version: up.version, name: up.words, up: text, down: down))
        }
        for down in found.keys.filter({ !$0.isUp && found[$0.counterpart] == nil }).sorted(by: { $0.version < $1.version }) {
            faults.append(.init(field: "\(folder)/\(down)", issue: "expected \(down.counterpart) beside it"))
        }
        guard faults.isEmpty else {
            throw AppError(.validation, faults.map { "\($0.field): \($0.issue)" }.joined(separator: "; "), issues: faults)
        }
        self.name = name
        self.migrations = migrations
    }

    /// Writes the two empty files of the next migration and returns their paths. Blanks and capitals in the words are replaced.
    public static func create(_ words: String, folder: String) throws(AppError) -> [String] {
        let next = try read("new", folder: folder).migrations.count + 1
        let words = words.lowercased().split(whereSeparator: { $0 == " " || $0 == "-" || $0 == "_" }).joined(separator: "_")
        let up = MigrationFileName(version: next, words: words, isUp: true)
        guard MigrationFileName(up.description) != nil else {
            throw AppError.invalid("name", "expected lower-case words joined by _, for example add_alerts")
        }
        let paths = [up, up.counterpart].map { "\(folder)/\($0)" }
        try File.write(Array("-- What this adds, and why.\nset local role {prefix}_owner;\n".utf8), to: paths[0], mode: 0o644)
        try File.write(Array("set local role {prefix}_owner;\n".utf8), to: paths[1], mode: 0o644)
        return paths
    }
}
