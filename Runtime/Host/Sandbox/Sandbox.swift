import Glibc
import Kernel
import Logging
import Manifest
import Reactor

/// The walls that this machine offers, tried once, and how a handler's program starts behind them.
struct Sandbox: Sendable {
    let plan: SandboxPlan

    /// Where bubblewrap is looked for.
    private static let bubblewraps = ["/usr/bin/bwrap", "/usr/local/bin/bwrap"]

    /// Asks the launcher beside the runtime's program what this machine offers.
    ///
    /// Throws `UNAVAILABLE` where the launcher cannot be asked, or where walls are required that the machine does not have.
    init(_ mode: SandboxMode, programs: String, database: DatabasePlace, egress: EgressPorts = EgressPorts()) async throws(AppError) {
        let launcher = "\(programs)/tenantry-launcher"
        var facts = SandboxFacts(landlock: 0, seccomp: false, user: geteuid())
        if mode != .off {
            facts = try await Self.probe(launcher)
            if mode == .required, facts.landlock == 0 || !facts.seccomp {
                throw AppError(
                    .unavailable,
                    "TENANTRY_SANDBOX is required, but this machine has no \(facts.landlock == 0 ? "Landlock" : "seccomp"); set it to auto to run with less"
                )
            }
        }
        var plan = SandboxPlan(
            facts: facts, mode: mode, launcher: launcher, parent: getpid(), database: database, directory: Self.directory(), links: Self.links(),
            libraries: Self.libraries(), egress: egress)
        if mode != .off, mode != .launcher, let bubblewrap = Self.bubblewraps.first(where: { access($0, X_OK) == 0 }) {
            var tried = plan
            tried.facts.bubblewrap = bubblewrap
            if let answer = try? await Self.ask(tried.trial), answer.landlock == facts.landlock, answer.seccomp == facts.seccomp { plan = tried }
        }
        self.plan = plan
    }

    /// Says once what stands around a handler's processes.
    func log(_ manifest: Manifest, _ logger: Logger) {
        let report = plan.report(manifest)
        let weak = plan.mode == .off || report.landlock == 0 || !report.seccomp
        logger.log(
            level: weak ? .warning : .notice, weak ? "the walls around a handler's processes are incomplete" : "walls around a handler's processes",
            metadata: .keys([.handler: "\(manifest.name)", .reason: "\(report.summary)"]))
    }

    private static func probe(_ launcher: String) async throws(AppError) -> SandboxFacts {
        do throws(AppError) {
            return try await ask(.init(program: launcher, arguments: ["--probe"]))
        } catch {
            throw AppError(.unavailable, "the launcher \(launcher) does not say what this machine offers: \(error.detail ?? error.message)")
        }
    }

    /// Blocks a thread of its own for a few milliseconds.
    private static func ask(_ command: SandboxPlan.Command) async throws(AppError) -> SandboxFacts {
        let pool = BlockingPool(threads: 1, name: "probe")
        do {
            return try JSON.decode(SandboxFacts.self, from: try JSON.read(try await pool.run { try Launcher.ask(command) }))
        } catch let error as AppError {
            throw error
        } catch {
            throw AppError(.unavailable, detail: "\(error)")
        }
    }

    private static func directory() -> String {
        guard let path = getcwd(nil, 0) else { return "" }
        defer { free(path) }
        return String(cString: path)
    }

    private static func links() -> [SandboxPlan.Link] {
        ["/lib", "/lib64", "/bin", "/sbin"].compactMap { path in
            var target = [CChar](repeating: 0, count: 4096)
            let count = readlink(path, &target, target.count)
            return count > 0 ? .init(path: path, target: String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)) : nil
        }
    }

    /// Where this process's own shared libraries lie, outside the system's folders. What a program says of itself is not asked: it may be hostile.
    private static func libraries() -> [String] {
        guard let maps = try? File.read("/proc/self/maps", limit: 16 << 20) else { return [] }
        var folders: Set<String> = []
        for line in String(decoding: maps, as: UTF8.self).split(separator: "\n") {
            guard let start = line.firstIndex(of: "/"), line.contains(".so") else { continue }
            let path = line[start...]
            guard let slash = path.lastIndex(of: "/"), path[slash...].contains(".so") else { continue }
            let folder = String(path[..<slash])
            if !["/usr/", "/lib/", "/lib64/"].contains(where: "\(folder)/".hasPrefix) { folders.insert(folder) }
        }
        return folders.sorted()
    }
}
