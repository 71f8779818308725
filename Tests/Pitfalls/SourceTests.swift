import TestSupport
import Testing

/// Pitfalls that are kept out by how the sources are written.
@Suite("Sources") struct SourceTests {
    private static let package = Environment.package

    /// The context of a call is a parameter that cannot be left out. Postgres' own mark of an open transaction is the one exception: it only refuses.
    @Test("pitfall 34: nothing of a call travels by task-local value, and no work leaves its task", arguments: ["Runtime", "Handlers"])
    func explicitContext(folder: String) throws {
        let sources = try SourceScan.swift(folder, package: Self.package)
        #expect(sources.count > 10)
        for source in sources {
            for line in source.code {
                let isLocal = line.contains("@TaskLocal") && source.path != "Runtime/Postgres/Client/OwnConnection.swift"
                #expect(!isLocal && !line.contains("Task.detached") && !line.contains("import Dispatch"), "\(source.path): \(line)")
            }
        }
    }

    /// `static var` and globals hold what all tenants share: what a handler keeps must be made for one call, or be keyed by tenant.
    @Test("pitfall 35: no handler keeps anything between calls in a variable of its program")
    func noVariables() throws {
        for source in try SourceScan.swift("Handlers", "Runtime/HandlerKit", package: Self.package) {
            for line in source.code
            where line.contains(/\b(static|class) var \w+([^{]*$|.*=)|^(\w+ )?let \w+ = (Mutex|Atomic)\b|static let \w+ = (Mutex|Atomic)\b/) {
                Issue.record("\(source.path): \(line)")
            }
        }
    }
}
