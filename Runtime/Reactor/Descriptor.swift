import Glibc

/// Owns one file descriptor and closes it.
struct Descriptor: ~Copyable {
    let raw: Int32

    /// Takes over what a system call returned; stops the process where the kernel has no descriptor left for the loop itself.
    init(owning raw: Int32) {
        precondition(raw >= 0, "the kernel gave no descriptor for the event loop: errno \(errno)")
        self.raw = raw
    }

    deinit { _ = close(raw) }
}
