import Kernel
import Manifest

/// Which walls stand around the processes of a handler, and the command that raises them. A pure value.
struct SandboxPlan: Sendable {
    /// A program with its arguments; `reportsProcess`: it says on descriptor 3 which process the handler's program became.
    struct Command: Sendable, Hashable {
        var program: String
        var arguments: [String] = []
        var reportsProcess = false
        /// Whose process it becomes; empty for none's.
        var handler = ""
        /// Which file the program was, where that counts.
        var identity = ""
        /// Whether it waits for a byte on its wire before it becomes the program.
        var waits = false
    }

    /// A symbolic link.
    struct Link: Sendable, Equatable {
        let path, target: String
    }

    var facts: SandboxFacts
    let mode: SandboxMode
    /// The launcher's path.
    let launcher: String
    /// The gateway; a launcher whose parent is another one ends.
    let parent: Int32
    let database: DatabasePlace
    /// What paths that do not begin with `/` begin with.
    let directory: String
    /// The links of `/lib` and its like into `/usr`.
    let links: [Link]
    /// Folders outside `/usr` that the gateway's own shared libraries stand in; a handler of the same build needs them too.
    let libraries: [String]
    /// Ports behind what `egress` names.
    var egress = EgressPorts()

    /// Room for what is mapped and never touched, such as stacks of threads: the kernel counts it, the gateway's watching does not.
    static let memorySlack = 256 << 20

    private static let systemFolders = ["/usr", "/lib", "/lib64"]
    private static let systemFiles = ["/etc/ld.so.cache", "/etc/localtime"]
    private static let devices = ["/dev/null", "/dev/zero", "/dev/urandom"]
    /// libdispatch reads the state of its own threads there, each under its number, and ends a process where it cannot. Inside bubblewrap nobody else is
    /// seen there. Outside, what concerns others alone (memory, environment, descriptors) stays closed: they are no part of Landlock's domain, and not
    /// dumpable.
    private static let processes = "/proc"
    /// What looking up names and checking certificates read.
    private static let networkFiles = [
        "/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols", "/etc/passwd",
        "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/ca-certificates", "/run/systemd/resolve",
    ]

    /// What stands around a handler of that manifest.
    func report(_ manifest: Manifest) -> SandboxReport {
        guard mode != .off else { return SandboxReport(landlock: 0, seccomp: false, bubblewrap: false, network: .any, memory: nil) }
        let isClosed = facts.seccomp || (facts.bubblewrap != nil && network(manifest) == .none)
        return SandboxReport(
            landlock: facts.landlock, seccomp: facts.seccomp, bubblewrap: facts.bubblewrap != nil, network: isClosed ? network(manifest) : .any,
            memory: hardLimit(manifest))
    }

    /// The command that runs a handler's program.
    func command(_ manifest: Manifest, program: String, waits: Bool = false) -> Command {
        let program = absolute(program)
        guard mode != .off else { return Command(program: program, handler: manifest.name) }
        let restricted = Command(program: launcher, arguments: restrictions(manifest) + (waits ? ["--wait"] : []) + ["--", program])
        var command = bubble(around: restricted, network: network(manifest), visible: [program] + folder(of: manifest), reports: true)
        command.handler = manifest.name
        command.waits = waits
        return command
    }

    /// What proves that bubblewrap makes all that a handler needs: the launcher says inside what it says outside.
    var trial: Command {
        bubble(around: Command(program: launcher, arguments: ["--probe"]), network: .none, visible: [], reports: false)
    }

    /// Arguments of the launcher.
    private func restrictions(_ manifest: Manifest) -> [String] {
        var arguments = ["--memory", "\(hardLimit(manifest))"]
        // Inside bubblewrap the gateway cannot be seen; there bubblewrap ends with the gateway, and the program with bubblewrap.
        if facts.bubblewrap == nil { arguments += ["--parent", "\(parent)"] }
        if facts.landlock > 0 {
            arguments += ["--landlock", "\(facts.landlock)"]
            for path in Self.systemFolders + Self.devices + [Self.processes] + files(network(manifest)) + libraries + folder(of: manifest) {
                arguments += ["--read", path]
            }
            for port in ports(manifest) { arguments += ["--connect", "\(port)"] }
        }
        if facts.seccomp { arguments.append("--seccomp") }
        switch network(manifest) {
        case .none: break
        case .database: arguments += ["--internet", needsNames ? "all" : "stream"]
        case .egress, .any: arguments += ["--internet", "all"]
        }
        return arguments
    }

    /// Namespaces of its own: it sees its own process and the files listed here; where nothing but a Unix socket is needed, no network.
    private func bubble(around inner: Command, network: SandboxReport.Network, visible: [String], reports: Bool) -> Command {
        guard let bubblewrap = facts.bubblewrap else { return inner }
        var arguments = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--as-pid-1", "--chdir", "/"]
        if network == .none { arguments.append("--unshare-net") }
        if reports { arguments += ["--info-fd", "3"] }
        arguments += ["--ro-bind", "/usr", "/usr"]
        for link in links { arguments += ["--symlink", link.target, link.path] }
        for path in files(network) { arguments += ["--ro-bind-try", path, path] }
        for path in Self.devices { arguments += ["--dev-bind-try", path, path] }
        arguments += ["--proc", "/proc", "--dev-bind-try", "/dev/null", "/proc/keys"]
        var places = libraries + visible + [launcher]
        if case .socket(let folder) = database { places.append(folder) }
        for path in places where !path.hasPrefix("/usr/") { arguments += ["--ro-bind", path, path] }
        arguments += ["--", inner.program] + inner.arguments
        guard reports else { return Command(program: bubblewrap, arguments: arguments) }
        return Command(program: launcher, arguments: ["--guard", "\(parent)", bubblewrap] + arguments, reportsProcess: true)
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

    private func files(_ network: SandboxReport.Network) -> [String] {
        var files = Self.systemFiles
        if network != .none { files += Self.networkFiles }
        if case .tcp(_, _, let more) = database { files += more }
        return files
    }

    /// A program that stands in its handler's folder may need what stands beside it.
    private func folder(of manifest: Manifest) -> [String] { manifest.folder.isEmpty ? [] : [absolute(manifest.folder)] }

    private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(directory)/\(path)" }

    private func ports(_ manifest: Manifest) -> [Int] {
        var ports = egress.ports(manifest.egress)
        if case .tcp(let port, let isName, _) = database { ports += isName ? [port, 53] : [port] }
        return ports
    }
}
