import Kernel

/// What this machine offers, as `tenantry-launcher --probe` says it, and whether bubblewrap works.
struct SandboxFacts: Sendable, Equatable, Decodable {
    /// The newest Landlock ABI; 0 where there is none.
    var landlock: Int
    /// Whether system calls can be filtered.
    var seccomp: Bool
    /// Whom the gateway runs as.
    var user: UInt32
    /// The program `bwrap`, where it makes what a handler needs.
    var bubblewrap: String?
}
