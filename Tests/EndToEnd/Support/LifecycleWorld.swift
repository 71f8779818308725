import Glibc
import Kernel
import TestSupport

extension RunningHost {
    /// The processes of a handler's program, however deep they stand below the gateway.
    func processes(of program: String = "probe-handler") throws -> [pid_t] {
        var found: [pid_t] = []
        var open = [self.program.pid]
        while let pid = open.popLast() {
            guard let children = try? ChildProgram.children(of: pid) else { continue }
            open += children
            for child in children {
                guard let name = try? File.read("/proc/\(child)/comm"), ChildProgram.isAlive(child) else { continue }
                if String(decoding: name, as: UTF8.self).hasPrefix(program.prefix(15)) { found.append(child) }
            }
        }
        return found
    }

    /// What `/health/ready` says of the test handler.
    func probe() async throws -> JSONValue { try await get("/health/ready").json["handlers"]?["probe"] ?? .null }

    /// The convictions that were kept.
    func convictions() async throws -> JSONValue {
        let environment = try Self.environment(try TestDatabase.current)
        return try await Blocking.run {
            let (_, printed) = try ChildProgram("tenantry", ["handler", "convictions", "--json"], environment: environment).finish()
            return try JSON.read(Array(printed.utf8))
        }
    }
}

extension HTTPAnswer {
    /// Whether the answer says that the call may safely be sent again; nil where it does not say.
    var isRetryable: Bool? { (try? json["error"])?["retryable"]?.bool }

    /// The mark of the process that answered.
    var mark: String? { (try? json)?["mark"]?.string }
}

extension HandlerFolder {
    /// A folder with the test handler, whose program stands in versions beside each other; `current` is a link to the first.
    static func versions(in database: TestDatabase, _ names: [String], replacing changes: [String: String] = [:]) throws -> String {
        let folder = try probe(
            in: database, replacing: changes.merging(["program: probe-handler": "program: ./current/probe-handler"]) { old, _ in old })
        for name in names {
            try File.makeFolder("\(folder)/probe/\(name)")
            let place = "\(folder)/probe/\(name)/probe-handler"
            unlink(place)
            guard link("\(ChildProgram.products)/probe-handler", place) == 0 else {
                try File.write(try File.read("\(ChildProgram.products)/probe-handler", limit: 1 << 30), to: place, mode: 0o755)
                continue
            }
        }
        try point("\(folder)/probe/current", to: names[0])
        return folder
    }

    /// Puts a link elsewhere, in one step.
    static func point(_ link: String, to target: String) throws {
        unlink("\(link).new")
        guard symlink(target, "\(link).new") == 0, rename("\(link).new", link) == 0 else {
            throw AppError(.internalError, "cannot link \(link): \(errno)")
        }
    }
}
