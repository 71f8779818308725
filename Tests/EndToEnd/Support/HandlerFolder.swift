import Glibc
import Kernel
import TestSupport

/// Handlers' folders with manifests that differ from the ones in the package.
enum HandlerFolder {
    /// A folder with the test handler alone, its manifest's text changed.
    static func probe(in database: TestDatabase, replacing changes: [String: String]) throws -> String {
        let folder = "\(database.home)/\(database.name)-handlers"
        try File.makeFolder("\(folder)/probe")
        var text = String(decoding: try File.read("\(Environment.package)/Tests/ProbeHandler/handler.yaml"), as: UTF8.self)
        for (old, new) in changes {
            guard text.contains(old) else { throw AppError(.internalError, "the manifest does not hold `\(old)`") }
            text = text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
        }
        try File.write(Array(text.utf8), to: "\(folder)/probe/handler.yaml")
        return folder
    }

    /// A folder with the test handler under two names, `probe` and `relay`; more lines for each manifest.
    static func pair(in database: TestDatabase, probe: String = "", relay: String = "", replacing changes: [String: String] = [:]) throws -> String {
        let folder = try Self.probe(in: database, replacing: changes)
        let text = String(decoding: try File.read("\(folder)/probe/handler.yaml"), as: UTF8.self)
        try File.makeFolder("\(folder)/relay")
        try File.write(Array((text + probe + "\n").utf8), to: "\(folder)/probe/handler.yaml")
        var lines = text.split(separator: "\n").prefix { !$0.hasPrefix("grants:") }.filter { !$0.hasPrefix("name:") }.map(String.init)
        lines += ["name: \(TestSchema.second)", relay, ""]
        try File.write(Array(lines.joined(separator: "\n").utf8), to: "\(folder)/relay/handler.yaml")
        return folder
    }
}

extension ChildProgram {
    /// The processes that a process has started and that still run.
    static func children(of pid: pid_t) throws -> [pid_t] {
        var children: [pid_t] = []
        for task in try File.names(in: "/proc/\(pid)/task") {
            // A thread may end while its siblings are looked at.
            guard let bytes = try? File.read("/proc/\(pid)/task/\(task)/children") else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            children += text.split(separator: " ").compactMap { pid_t($0) }
        }
        return children
    }

    /// The file that a process executes; empty where it has ended.
    static func program(of pid: pid_t) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = max(0, readlink("/proc/\(pid)/exe", &buffer, buffer.count))
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether a process runs; one that has ended and waits to be collected does not.
    static func isAlive(_ pid: pid_t) -> Bool {
        guard let stat = try? File.read("/proc/\(pid)/stat") else { return false }
        return String(decoding: stat, as: UTF8.self).split(separator: ")").last?.hasPrefix(" Z") == false
    }
}
