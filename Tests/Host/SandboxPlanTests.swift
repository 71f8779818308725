import Manifest
import Testing

@testable import Host

@Suite("Walls around a handler's processes") struct SandboxPlanTests {
    private func plan(
        landlock: Int = 7, seccomp: Bool = true, bubblewrap: Bool = false, mode: SandboxMode = .auto,
        database: DatabasePlace = .socket(folder: "/run/pg")
    ) -> SandboxPlan {
        let facts = SandboxFacts(landlock: landlock, seccomp: seccomp, user: 0, bubblewrap: bubblewrap ? "/usr/bin/bwrap" : nil)
        return SandboxPlan(
            facts: facts, mode: mode, launcher: "/opt/tenantry/tenantry-launcher", parent: 42, database: database, directory: "/srv",
            links: [.init(path: "/lib", target: "usr/lib")], libraries: ["/opt/libraries"])
    }

    private func manifest(egress: [String] = []) -> Manifest {
        var manifest = Manifest(name: "hello", program: "./hello")
        manifest.folder = "handlers/hello"
        manifest.egress = egress
        return manifest
    }

    /// The values of an option.
    private func values(_ name: String, _ command: SandboxPlan.Command) -> [String] {
        zip(command.arguments, command.arguments.dropFirst()).filter { $0.0 == name }.map(\.1)
    }

    @Test("with a Unix socket there is no network: no family but Unix, no port") func socket() {
        let command = plan().command(manifest(), program: "handlers/hello/hello")
        #expect(command.program == "/opt/tenantry/tenantry-launcher")
        #expect(command.arguments.suffix(2) == ["--", "/srv/handlers/hello/hello"])
        #expect(values("--landlock", command) == ["7"] && command.arguments.contains("--seccomp"))
        #expect(values("--internet", command) == [] && values("--connect", command) == [])
        #expect(values("--parent", command) == ["42"])
        #expect(values("--read", command).contains("/srv/handlers/hello") && values("--read", command).contains("/opt/libraries"))
        #expect(!values("--read", command).contains("/etc/passwd"))
        #expect(plan().report(manifest()).summary == "landlock 7, seccomp, network none")
    }

    @Test("with a database on TCP its port is open and no other; a name may be looked up")
    func tcp() {
        let address = plan(database: .tcp(port: 6432, isName: false, files: ["/etc/root.crt"])).command(manifest(), program: "/x")
        #expect(values("--internet", address) == ["stream"] && values("--connect", address) == ["6432"])
        #expect(values("--read", address).contains("/etc/root.crt"))
        let name = plan(database: .tcp(port: 6432, isName: true, files: [])).command(manifest(), program: "/x")
        #expect(values("--internet", name) == ["all"] && values("--connect", name) == ["6432", "53"])
    }

    @Test("egress opens the web's ports") func egress() {
        let command = plan().command(manifest(egress: ["example.test"]), program: "/x")
        #expect(values("--internet", command) == ["all"] && values("--connect", command) == ["443", "80", "53"])
        #expect(plan().report(manifest(egress: ["example.test"])).network == .egress)
        #expect(values("--connect", plan().command(manifest(egress: ["postgres"]), program: "/x")) == ["5432", "53"])
    }

    @Test("bubblewrap shows the handler's folder, the launcher and the database's socket, and has no network of its own unless one is needed")
    func bubblewrap() {
        let command = plan(bubblewrap: true).command(manifest(), program: "handlers/hello/hello")
        #expect(command.program == "/opt/tenantry/tenantry-launcher" && command.reportsProcess)
        #expect(command.arguments.first == "--guard" && command.arguments[2] == "/usr/bin/bwrap")
        #expect(command.arguments.contains("--unshare-net") && command.arguments.contains("--die-with-parent"))
        let shown = values("--ro-bind", command)
        #expect(Set(shown).isSuperset(of: ["/usr", "/srv/handlers/hello", "/opt/tenantry/tenantry-launcher", "/run/pg", "/opt/libraries"]))
        #expect(!command.arguments.contains("--parent"))
        let outward = plan(bubblewrap: true).command(manifest(egress: ["example.test"]), program: "/x")
        #expect(!outward.arguments.contains("--unshare-net") && values("--ro-bind-try", outward).contains("/etc/resolv.conf"))
        #expect(plan(bubblewrap: true).report(manifest()).summary == "landlock 7, seccomp, bubblewrap, network none")
    }

    @Test("a launcher that waits for the word is another command, with the same walls") func waiting() {
        let plan = plan(bubblewrap: true)
        let now = plan.command(manifest(), program: "/x")
        let later = plan.command(manifest(), program: "/x", waits: true)
        #expect(later != now && later.arguments.filter { $0 != "--wait" } == now.arguments)
    }

    @Test("what the machine does not have is not asked for, and the report says so")
    func less() {
        let command = plan(landlock: 0, seccomp: false).command(manifest(), program: "/x")
        #expect(values("--landlock", command) == [] && !command.arguments.contains("--seccomp"))
        #expect(plan(landlock: 0, seccomp: false).report(manifest()).summary == "off, network any")
        #expect(plan(mode: .off).command(manifest(), program: "/x") == SandboxPlan.Command(program: "/x", handler: "hello"))
    }
}
