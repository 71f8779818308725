import Glibc
import Kernel
import Logging
import Manifest
import Reactor

/// The walls that this machine offers, tried once, and how a handler's program starts behind them.
struct Sandbox: Sendable {
    let plan: SandboxPlan

    /// Asks the launcher beside the runtime's program what this machine offers. `home` is what no handler may read.
    ///
    /// Throws `UNAVAILABLE` where the launcher cannot be asked, or where walls are required that the machine does not have.
    init(_ mode: SandboxMode, programs: String, database: DatabasePlace) async throws(AppError) {
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
        plan = SandboxPlan(
            facts: facts, mode: mode, launcher: launcher, parent: getpid(), database: database, libraries: Self.libraries())
    }

    /// Says once what stands around a handler's processes.
    func log(_ manifest: Manifest, _ logger: Logger) {
        let report = plan.report(manifest)
        let weak = plan.mode == .off || report.landlock == 0 || !report.seccomp
        logger.log(
            level: weak ? .warning : .notice, weak ? "the walls around a handler's processes are incomplete" : "walls around a handler's processes",
            metadata: .keys([.handler: "\(manifest.name)", .reason: "\(report.summary)"]))
    }

    /// Blocks a thread of its own for a few milliseconds.
    private static func probe(_ launcher: String) async throws(AppError) -> SandboxFacts {
        let pool = BlockingPool(threads: 1, name: "probe")
        do {
            let answer = try await pool.run { try Launcher.ask(.init(program: launcher, arguments: ["--probe"])) }
            return try JSON.decode(SandboxFacts.self, from: try JSON.read(answer))
        } catch let error as AppError {
            throw AppError(.unavailable, "the launcher \(launcher) does not say what this machine offers: \(error.detail ?? error.message)")
        } catch {
            throw AppError(.unavailable, "the launcher \(launcher) does not say what this machine offers: \(error)")
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
