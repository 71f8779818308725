import Glibc
import Kernel
import Manifest

/// How far a handler's process stands back where processors are short, as a niceness from 0 to 19.
///
/// A kernel with `sched_autogroup` shares processors between sessions first and between the threads of each then (sched(7)). A handler is a session of its
/// own, so its session stands back as well. Only root may take it back, so for others nothing is done.
enum ProcessStanding {
    /// Of a process that does not answer, or that stands in for one that died.
    static let wary: Int32 = 15

    /// Of every process of a handler.
    static func usual(_ manifest: Manifest) -> Int32 { manifest.priority == .low ? 10 : 0 }

    /// Puts a process there.
    static func set(_ niceness: Int32, _ program: pid_t) {
        guard geteuid() == 0, let threads = try? File.names(in: "/proc/\(program)/task") else { return }
        for thread in threads.compactMap({ id_t($0) }) { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), thread, niceness) }
        let session = open("/proc/\(program)/autogroup", O_WRONLY | O_CLOEXEC)
        guard session >= 0 else { return }
        let text = Array("\(niceness)".utf8)
        _ = text.withUnsafeBytes { write(session, $0.baseAddress, $0.count) }
        close(session)
    }
}
