import Glibc
import Kernel
import Synchronization

/// Launchers that stand behind their walls already and wait for the word to become the program: raising the walls costs some milliseconds, which no
/// caller then waits for. One for each handler; it has read nothing of the program yet.
///
/// Everything here blocks for the time of an exec at most.
final class ParkedLaunches: Sendable {
    private struct State {
        var parked: [SandboxPlan.Command: Launcher.Child] = [:]
        var isOver = false
    }

    private let state = Mutex(State())

    /// The process that waits under a command, told to go on; nil where there is none, or it has ended.
    func take(_ command: SandboxPlan.Command) -> Launcher.Child? {
        guard let child = state.withLock({ $0.parked.removeValue(forKey: command) }) else { return nil }
        var word: UInt8 = 1
        if send(child.descriptor, &word, 1, Int32(MSG_NOSIGNAL)) == 1 { return child }
        Self.discard(child)
        return nil
    }

    /// Has one wait under a command, in the place of all that waited under another one for the same handler.
    func park(_ command: SandboxPlan.Command) {
        guard state.withLock({ !$0.isOver && $0.parked[command] == nil }) else { return }
        // A launcher that cannot be started says so when somebody needs it.
        guard let child = try? Launcher.start(command) else { return }
        let unwanted = state.withLock { state -> [Launcher.Child] in
            if state.isOver || state.parked[command] != nil { return [child] }
            let old = state.parked.keys.filter { $0.handler == command.handler }
            let replaced = old.compactMap { state.parked.removeValue(forKey: $0) }
            state.parked[command] = child
            return replaced
        }
        for child in unwanted { Self.discard(child) }
    }

    /// Ends all of them, and parks no more.
    func end() {
        let parked = state.withLock { state in
            state.isOver = true
            defer { state.parked.removeAll() }
            return Array(state.parked.values)
        }
        for child in parked { Self.discard(child) }
    }

    private static func discard(_ child: Launcher.Child) {
        close(child.descriptor)
        kill(-child.pid, SIGKILL)
        _ = Launcher.end(child.pid)
    }
}
