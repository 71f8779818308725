import CEpoll
import Glibc

/// Starts a detached thread. Its name is cut to 15 bytes, which is all that Linux keeps.
func spawnThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
    var thread = pthread_t()
    let failure = pthread_create(&thread, nil, runThread, start.toOpaque())
    precondition(failure == 0, "no thread for \(name): errno \(failure)")
    pthread_detach(thread)
}

/// Has the calling process killed when the thread that started it ends, so that a loop does not outlive a killed parent (prctl(2), PR_SET_PDEATHSIG).
///
/// The parent must start it from a thread that lives as long as itself.
public func endWithParent() {
    _ = process_end_with_parent()
}

/// Closes the calling process's memory, environment and descriptors to other processes of the same user, and leaves no core dumps (prctl(2),
/// PR_SET_DUMPABLE). False where the kernel refuses.
public func hideProcess() -> Bool { process_hide() == 0 }

/// Neither the calling process nor what it starts gains rights from a program's file (prctl(2), PR_SET_NO_NEW_PRIVS). False where the kernel refuses.
public func gainNoPrivileges() -> Bool { process_gain_nothing() == 0 }

private final class ThreadStart: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func runThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let start = Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue()
    _ = thread_set_name(String(decoding: start.name.utf8.prefix(15), as: UTF8.self))
    start.body()
    return nil
}
