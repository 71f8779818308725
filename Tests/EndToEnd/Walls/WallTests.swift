import Glibc
import Kernel
import Tenants
import TestSupport
import Testing

extension EndToEnd {
    /// What a hostile handler gets out of the machine, out of its neighbours and out of the gateway: nothing, with and without bubblewrap.
    @Suite("Walls", .testDatabase) struct Walls {
        /// `auto`: bubblewrap, Landlock and seccomp. `launcher`: the latter two alone.
        static let sandboxes = ["auto", "launcher"]

        @Test("pitfall 53: no memory, environment, descriptors or files of the gateway and of other handlers", arguments: sandboxes)
        func files(sandbox: String) async throws {
            try await HostileWorld.run(sandbox) { world in
                let gateway = "/proc/\(world.host.program.pid)"
                let sibling = "/proc/\(world.sibling)"
                let files = ["mem", "environ", "maps", "auxv", "stack", "syscall", "fd/0", "task/\(world.sibling)/mem"]
                var read = files.flatMap { ["\(gateway)/\($0)", "\(sibling)/\($0)"] }
                read += ["/proc/kcore", "/dev/mem", "/dev/sda"]
                read += ["credentials/host.json", "keys/jwt.json", "keys/master.json"].map { "\(world.host.home)/\($0)" }
                read += ["/etc/shadow", "/etc/passwd"]
                read += ["\(Environment.package)/Tests/ProbeHandler/handler.yaml", "\(ChildProgram.products)/probe-handler"]
                for path in read {
                    try await world.expect("read_file", path: path, in: ["EACCES", "ENOENT", "EPERM"])
                }
                for path in ["/", "/root", "/tmp", world.host.home, "/var/lib"] {
                    try await world.expect("list_folder", path: path, in: ["EACCES", "ENOENT", "EPERM"])
                }
                // Outside of bubblewrap it sees who runs, but not more.
                if sandbox == "auto" {
                    for path in [gateway, sibling] { try await world.expect("list_folder", path: path, in: ["ENOENT"]) }
                }
                // What it needs it can read, or the refusals above would say nothing.
                try await world.expect("read_file", path: "\(try world.folder)/handler.yaml", in: ["done"])
                try await world.expect("list_folder", path: "/usr/lib", in: ["done"])
            }
        }

        @Test("pitfall 53: nothing is written, removed or changed anywhere", arguments: sandboxes) func writing(sandbox: String) async throws {
            try await HostileWorld.run(sandbox) { world in
                let folder = try world.folder
                let credentials = "\(world.host.home)/credentials/host.json"
                for path in [
                    "/tmp/hostile", "/dev/shm/hostile", "/etc/hostile", "/hostile", "\(folder)/hostile", "\(folder)/handler.yaml", credentials,
                ] {
                    try await world.expect("write_file", path: path, in: ["EACCES", "ENOENT", "EROFS"])
                    try await world.expect("make_folder", path: path + "s", in: ["EACCES", "ENOENT", "EROFS"])
                }
                for path in ["\(folder)/handler.yaml", credentials] {
                    try await world.expect("remove_file", path: path, in: ["EACCES", "ENOENT", "EROFS"])
                    try await world.expect("change_mode", path: path, in: ["EPERM"])
                    #expect(File.exists(path))
                }
            }
        }

        @Test("pitfall 53: other processes are neither read, traced, signalled nor limited", arguments: sandboxes)
        func processes(sandbox: String) async throws {
            let attempts = [
                "read_memory", "write_memory", "trace", "signal", "signal_thread", "signal_by_input", "take_descriptor", "foreign_limits",
            ]
            try await HostileWorld.run(sandbox) { world in
                for attempt in attempts {
                    for victim in [world.host.program.pid, world.sibling] {
                        try await world.expect(attempt, number: Int(victim), in: ["EPERM"])
                    }
                }
                try await world.expect("signal_everybody", in: ["EPERM"])
                #expect(ChildProgram.isAlive(world.sibling))
            }
        }

        @Test("pitfall 53: it starts no process and no program, keeps its limits, and cannot outlive the gateway", arguments: sandboxes)
        func programs(sandbox: String) async throws {
            try await HostileWorld.run(sandbox) { world in
                try await world.expect("fork", in: ["EPERM"])
                for path in ["/bin/sh", "/usr/bin/python3", "\(ChildProgram.products)/tenantry", "\(ChildProgram.products)/hostile-handler"] {
                    try await world.expect("execute", path: path, in: ["EPERM"])
                    try await world.expect("execute_by_descriptor", path: path, in: ["EPERM", "ENOENT"])
                }
                try await world.expect("outlive", in: ["EPERM"])
                try await world.expect("raise_limits", in: ["EPERM"])
            }
        }

        @Test("system calls that change the machine, make namespaces or go around the filter are refused", arguments: sandboxes)
        func calls(sandbox: String) async throws {
            let refused = [
                "unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "keyctl",
                "add_key", "memfd_create", "shmget", "personality", "setsid", "setpgid", "init_module", "kexec_load", "reboot", "settimeofday",
                "sethostname", "syslog", "quotactl", "swapoff", "open_by_handle_at", "fanotify_init", "listen", "accept4", "fchmod", "fchown",
                "ftruncate",
            ]
            try await HostileWorld.run(sandbox) { world in
                for call in refused { try await world.expect("call", path: call, in: ["EPERM"]) }
                // The C library falls back to clone(2), whose flags a filter can read.
                try await world.expect("call", path: "clone3", in: ["ENOSYS"])
            }
        }

        @Test("pitfall 53: no sockets but the database's", arguments: sandboxes) func sockets(sandbox: String) async throws {
            let path = "/tmp/hostile-\(getpid())-\(sandbox).socket"
            let listeners = [try Listener(path: path), try Listener(abstract: path)]
            defer { for listener in listeners { listener.close() } }
            try await HostileWorld.run(sandbox) { world in
                for family in [AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_VSOCK, AF_ALG] {
                    try await world.expect("socket", number: Int(family), in: ["EPERM"])
                }
                try await world.expect("connect_port", number: world.host.port, in: ["EPERM"])
                try await world.expect("connect_abstract", path: path, in: ["EPERM", "ECONNREFUSED"])
                // Landlock knows no rule for a socket with a path (its ABI 7 does not): only bubblewrap hides it.
                try await world.expect("connect_path", path: path, in: [sandbox == "auto" ? "ENOENT" : "done"])
            }
        }

        @Test("egress opens the web's ports and no other one", arguments: sandboxes) func egress(sandbox: String) async throws {
            try await HostileWorld.run(sandbox, egress: true) { world in
                try await world.expect("socket", number: Int(AF_INET), in: ["done"])
                try await world.expect("connect_port", number: world.host.port, in: ["EACCES"])
                try await world.expect("connect_port", number: 443, in: ["ECONNREFUSED"])
                for family in [AF_NETLINK, AF_PACKET] { try await world.expect("socket", number: Int(family), in: ["EPERM"]) }
            }
        }

        @Test("other roles are not signed in to, and a stolen password is nothing without a live context", arguments: sandboxes)
        func roles(sandbox: String) async throws {
            let database = try TestDatabase.current
            let passwords = try Credentials.load(Credentials.hostFile(home: database.home)).passwords
            let prefix = "\(database.prefix)"
            try await HostileWorld.run(sandbox) { world in
                _ = try await world.member.business(1)
                for role in ["postgres", "\(prefix)_host", "\(prefix)_owner", "\(prefix)_h_dashboards"] {
                    for password in [nil, "", "postgres", role] {
                        #expect(try await world.signIn(role, password: password).hasPrefix("refused"), "\(role) \(password ?? "none")")
                    }
                }
                for name in ["hostile", "dashboards"] {
                    let role = "\(prefix)_h_\(name)"
                    let stolen = try await world.signIn(role, password: passwords[role])
                    #expect(stolen.hasPrefix("refused: database: server"), "\(stolen)")
                }
            }
        }
    }
}
