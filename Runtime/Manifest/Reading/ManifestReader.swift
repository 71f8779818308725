import Kernel
import Yams

/// Reads the keys of a manifest and gathers every fault on the way.
struct ManifestReader {
    private let path: String
    private var issues: [AppError.Issue] = []

    init(path: String) { self.path = path }

    static let keys = [
        "name", "program", "concurrency", "instances", "timeout", "memory", "cpu", "idle", "isolation", "grants", "egress", "secrets", "calls",
        "commands",
        "connections", "record", "priority", "encryption", "objects", "hooks", "timers",
    ]

    mutating func read(_ text: String) throws(AppError) -> Manifest {
        var manifest = Manifest(name: "", program: "")
        if let root = compose(text) {
            if let mapping = root.mapping {
                for (key, value) in mapping { read(key, value, into: &manifest) }
                for required in ["name", "program"] where !mapping.contains(where: { $0.key.string == required }) {
                    report(root, "the key `\(required)` is missing")
                }
            } else {
                report(root, "expected keys and values, such as `name: uploads`")
            }
        }
        guard issues.isEmpty else { throw AppError(.validation, "\(path) is not a valid manifest", issues: issues) }
        return manifest
    }

    private mutating func compose(_ text: String) -> Node? {
        do {
            if let node = try Yams.compose(yaml: text) { return node }
            issues.append(AppError.Issue(field: "\(path):1", issue: "the file is empty; expected keys and values, such as `name: uploads`"))
        } catch let error as YamlError {
            issues.append(AppError.Issue(field: "\(path):\(error.line)", issue: error.summary))
        } catch {
            issues.append(AppError.Issue(field: "\(path):1", issue: "this is not YAML"))
        }
        return nil
    }

    private mutating func read(_ key: Node, _ value: Node, into manifest: inout Manifest) {
        switch key.string ?? "" {
        case "name":
            if let text = text(value), check(value, Name.isHandler(text), "expected a name of a-z, 0-9 and _, at most 32 long, such as `uploads`") {
                manifest.name = text
            }
        case "program":
            if let text = text(value), check(value, !text.isEmpty && !text.contains("\0"), "expected a file name, such as `uploads-handler`") {
                manifest.program = text
            }
        case "concurrency": set(&manifest.concurrency, number(value, in: 1...4096))
        case "connections": set(&manifest.connections, number(value, in: 1...64))
        case "instances": set(&manifest.instances, instances(value))
        case "timeout": set(&manifest.timeout, duration(value, in: .milliseconds(1) ... .seconds(86_400)))
        case "idle": set(&manifest.idle, duration(value, in: .milliseconds(1) ... .seconds(604_800)))
        case "memory": set(&manifest.memory, size(value, in: 16 << 20...1 << 40))
        case "cpu": set(&manifest.cpu, duration(value, in: .milliseconds(100) ... .seconds(86_400)))
        case "isolation": set(&manifest.isolation, choice(value))
        case "grants": set(&manifest.grants, grants(value))
        case "egress": set(&manifest.egress, list(value, "a host such as `api.open-meteo.com`", Name.isHost))
        case "secrets": set(&manifest.secrets, list(value, "a name such as `jwt_signing_keys`", Name.isIdentifier))
        case "calls": set(&manifest.calls, list(value, "a route such as `POST /files/upload`", Name.isRoute))
        case "record": set(&manifest.record, choice(value))
        case "priority": set(&manifest.priority, choice(value))
        case "encryption": set(&manifest.encryption, choice(value))
        case "objects": set(&manifest.objects, flag(value))
        case "hooks": set(&manifest.hooks, hooks(value))
        case "timers": set(&manifest.timers, timers(value))
        case "commands": set(&manifest.commands, list(value, "a name such as `inspect`", Name.isCommand))
        case let unknown:
            let nearest = Name.nearest(to: unknown, in: Self.keys)
            report(
                key, "unknown key `\(unknown)`" + (nearest.map { "; did you mean `\($0)`?" } ?? "; known are \(Self.keys.joined(separator: ", "))"))
        }
    }

    private func set<Value>(_ target: inout Value, _ value: Value?) {
        if let value { target = value }
    }

    mutating func report(_ node: Node, _ issue: String) {
        issues.append(AppError.Issue(field: "\(path):\(node.mark?.line ?? 1)", issue: issue))
    }

    /// Reports an issue unless the value is as it should be; true if it is.
    mutating func check(_ node: Node, _ holds: Bool, _ issue: @autoclosure () -> String) -> Bool {
        if !holds { report(node, issue()) }
        return holds
    }
}

extension YamlError {
    /// From 1.
    fileprivate var line: Int {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        case .duplicatedKeysInMapping(_, let context): context.mark.line
        default: 1
        }
    }

    fileprivate var summary: String {
        switch self {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _), .reader(let problem, _, _, _):
            "this is not YAML: \(problem)"
        case .duplicatedKeysInMapping(let keys, _): "the key `\(keys.joined(separator: "`, `"))` stands here twice"
        default: "this is not YAML"
        }
    }
}
