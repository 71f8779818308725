import Kernel
import Wire

/// Which route answers which request. Built once from the descriptions of all handlers; a literal part of a path goes before a parameter.
struct RouteTable: Sendable {
    /// What answers.
    enum Target: Sendable, Hashable {
        /// A route of a handler, by the handler's place among the manifests and the route's place in its description.
        case handler(Int, route: Int)
        case host(HostRoute)
    }

    enum Match: Sendable, Hashable {
        /// With the values of the path's parameters, in order.
        case found(Target, parameters: [String])
        /// The path is known, the method is not; with all that are, sorted.
        case wrongMethod(allowed: [String])
        case none
    }

    private struct Node: Sendable {
        var literals: [(name: String, child: Int)] = []
        var parameter: Int?
        var targets: [(method: String, target: Target)] = []
    }

    /// The canonical prefix; the form without it answers too.
    static let prefix = ["api", "v1"]

    private var nodes = [Node()]

    /// Adds a route. Throws `CONFLICT` where its method and shape are taken, `VALIDATION_ERROR` for a path that is none.
    mutating func add(_ method: String, _ path: String, _ target: Target) throws(AppError) {
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") && $0 != UInt8(ascii: "?") }) else {
            throw AppError.invalid("path", "`\(path)` is no path; expected `/name/{parameter}`")
        }
        var node = 0
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            if part.hasPrefix("{"), part.hasSuffix("}"), part.count > 2 {
                node = nodes[node].parameter ?? append { $0[node].parameter = $1 }
            } else {
                guard !part.isEmpty, !part.contains("{"), !part.contains("}") else {
                    throw AppError.invalid("path", "`\(path)` has the part `\(part)`")
                }
                let name = String(part)
                node = nodes[node].literals.first { $0.name == name }?.child ?? append { $0[node].literals.append((name, $1)) }
            }
        }
        guard !nodes[node].targets.contains(where: { $0.method == method }) else { throw AppError(.conflict, "two routes answer \(method) \(path)") }
        nodes[node].targets.append((method, target))
    }

    /// What answers a request, its path given as decoded parts.
    func match(_ method: String, _ segments: [Substring]) -> Match {
        let prefixed = segments.count > 2 && segments[0] == "api" && segments[1] == "v1"
        let path = prefixed ? segments[2...] : segments[...]
        var parameters: [String] = []
        guard let node = find(path, from: 0, &parameters) else { return .none }
        let targets = nodes[node].targets
        let asked = method == "HEAD" && !targets.contains { $0.method == "HEAD" } ? "GET" : method
        for entry in targets where entry.method == asked { return .found(entry.target, parameters: parameters) }
        var allowed = targets.map(\.method)
        if allowed.contains("GET"), !allowed.contains("HEAD") { allowed.append("HEAD") }
        return .wrongMethod(allowed: allowed.sorted())
    }

    private func find(_ path: ArraySlice<Substring>, from node: Int, _ parameters: inout [String]) -> Int? {
        guard let part = path.first else { return nodes[node].targets.isEmpty ? nil : node }
        let rest = path.dropFirst()
        for literal in nodes[node].literals where literal.name == part {
            if let found = find(rest, from: literal.child, &parameters) { return found }
        }
        guard let child = nodes[node].parameter, !part.isEmpty else { return nil }
        parameters.append(String(part))
        if let found = find(rest, from: child, &parameters) { return found }
        parameters.removeLast()
        return nil
    }

    private mutating func append(_ link: (inout [Node], Int) -> Void) -> Int {
        nodes.append(Node())
        link(&nodes, nodes.count - 1)
        return nodes.count - 1
    }
}
