import Glibc
public import Kernel
import Reactor

/// The gateway's own process.
public enum GatewayProcess {
    /// Closes memory, environment and descriptors to other processes of the same user, leaves no core dumps, and gains no rights by an exec.
    /// Writing past a limit on files is an error from then on, not a death. To be called before any secret is read.
    ///
    /// Throws `INTERNAL_ERROR` where the kernel refuses.
    public static func harden() throws(AppError) {
        signal(SIGXFSZ, SIG_IGN)
        guard hideProcess(), gainNoPrivileges() else { throw AppError(.internalError, "the kernel does not let the gateway close itself to others") }
    }
}
