/// Whether handlers run behind the operating system's walls.
public enum SandboxMode: String, Sendable, CaseIterable {
    /// Behind all that this machine offers.
    case auto
    /// As `auto`, but without bubblewrap, which costs some milliseconds at each start of a process.
    case launcher
    /// Without. For finding faults only.
    case off
    /// As `auto`, and nothing starts where Landlock or seccomp is missing.
    case required
}
