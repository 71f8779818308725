import Kernel
import Manifest

/// Which walls stand around the processes of a handler, and the command that raises them. A pure value.
struct SandboxPlan: Sendable {
    /// A program with its arguments; `reportsProcess`: it says on descriptor 3 which process the handler's program became.
    struct Command: Sendable, Equatable {
        var program: String
        var arguments: [String] = []
        var reportsProcess = false
    }

    let facts: SandboxFacts
    let mode: SandboxMode
    /// The launcher's path.
    let launcher: String
    /// The gateway; a launcher whose parent is another one ends.
    let parent: Int32
    let database: DatabasePlace
    /// Folders outside `/usr` that the gateway's own shared libraries stand in; a handler of the same build needs them too.
    let libraries: [String]

    /// Room for what is mapped and never touched, such as stacks of threads: the kernel counts it, the gateway's watching does not.
    static let memorySlack = 256 << 20

    private static let systemFiles = ["/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/zero", "/dev/urandom"]
    /// What looking up names and checking certificates read.
    private static let networkFiles = [
        "/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols", "/etc/passwd",
        "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/ca-certificates", "/run/systemd/resolve",
    ]
    /// Ports of what `egress` names: the web, and names that are looked up by TCP.
    private static let egressPorts = [443, 80, 53]

    /// What stands around a handler of that manifest.
    func report(_ manifest: Manifest) -> SandboxReport {
        guard mode != .off else { return SandboxReport(landlock: 0, seccomp: false, bubblewrap: false, network: .any, memory: nil) }
        return SandboxReport(
            landlock: facts.landlock, seccomp: facts.seccomp, bubblewrap: false, network: facts.seccomp ? network(manifest) : .any,
            memory: hardLimit(manifest))
    }

    /// The command that runs a handler's program.
    func command(_ manifest: Manifest, program: String) -> Command {
        mode == .off ? Command(program: program) : launch(manifest, program)
    }

    private func launch(_ manifest: Manifest, _ program: String) -> Command {
        var arguments = ["--parent", "\(parent)", "--memory", "\(hardLimit(manifest))"]
        if facts.landlock > 0 {
            arguments += ["--landlock", "\(facts.landlock)"]
            for path in readable(manifest) { arguments += ["--read", path] }
            for port in ports(manifest) { arguments += ["--connect", "\(port)"] }
        }
        if facts.seccomp { arguments.append("--seccomp") }
        switch network(manifest) {
        case .none: break
        case .database: arguments += ["--internet", needsNames ? "all" : "stream"]
        case .egress, .any: arguments += ["--internet", "all"]
        }
        return Command(program: launcher, arguments: arguments + ["--", program])
    }

    /// The wall behind the gateway's own watching.
    private func hardLimit(_ manifest: Manifest) -> Int { 2 * manifest.memory + Self.memorySlack }

    private func network(_ manifest: Manifest) -> SandboxReport.Network {
        if !manifest.egress.isEmpty { return .egress }
        if case .tcp = database { return .database }
        return .none
    }

    private var needsNames: Bool {
        if case .tcp(_, let isName, _) = database { isName } else { false }
    }

    private func readable(_ manifest: Manifest) -> [String] {
        var paths = Self.systemFiles + libraries
        if network(manifest) != .none { paths += Self.networkFiles }
        if case .tcp(_, _, let files) = database { paths += files }
        if !manifest.folder.isEmpty { paths.append(manifest.folder) }
        return paths
    }

    private func ports(_ manifest: Manifest) -> [Int] {
        var ports = manifest.egress.isEmpty ? [] : Self.egressPorts
        if case .tcp(let port, let isName, _) = database { ports += isName ? [port, 53] : [port] }
        return ports
    }
}
