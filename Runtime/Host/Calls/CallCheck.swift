import Kernel
import Manifest
import Wire

extension RouteTable {
    /// Checks that every route that a manifest's `calls` names is served. Throws `VALIDATION_ERROR` with file, line and route of each that is not.
    static func check(_ calls: [(manifest: Manifest, description: HandlerDescription)]) throws(AppError) {
        let served = Set(
            calls.flatMap { entry in entry.description.routes.filter { $0.access.kind != .system }.map { shape(of: $0.method, $0.path) } })
        var issues: [AppError.Issue] = []
        for manifest in calls.map(\.manifest) {
            let path = "\(manifest.folder)/\(Manifest.fileName)"
            for call in manifest.calls where !served.contains(shape(of: call)) {
                issues.append(
                    AppError.Issue(field: line(of: call, in: path), issue: "the handler \(manifest.name) calls `\(call)`, which no handler serves"))
            }
        }
        guard issues.isEmpty else { throw AppError(.validation, "a handler calls what is not there", issues: issues) }
    }

    /// Method and path with all parameters alike.
    static func shape(of method: some StringProtocol, _ path: some StringProtocol) -> String {
        let parts = path.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : String($0) }
        return "\(method) /\(parts.joined(separator: "/"))"
    }

    /// The same of `METHOD /path`.
    static func shape(of call: String) -> String {
        let parts = call.split(separator: " ", maxSplits: 1)
        return parts.count == 2 ? shape(of: parts[0], parts[1]) : call
    }

    private static func line(of call: String, in path: String) -> String {
        guard let bytes = try? File.read(path) else { return path }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.firstIndex { $0.contains(call) }.map { "\(path):\($0 + 1)" } ?? path
    }
}
