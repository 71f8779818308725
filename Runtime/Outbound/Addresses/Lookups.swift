import Kernel
import Reactor
import Synchronization

/// Looks names up on a few threads, each name once at a time however many ask, and nobody waits longer than he wants to.
final class Lookups: Sendable {
    private let pool: BlockingPool
    private let look: @Sendable (String) -> [InternetAddress]
    /// Who waits for which name.
    private let waiting = Mutex<[String: [OneShot<[InternetAddress]?>]]>([:])

    /// `look` may block; so many look-ups run at once.
    init(threads: Int = 16, look: @escaping @Sendable (String) -> [InternetAddress]) {
        pool = BlockingPool(threads: threads, name: "lookup")
        self.look = look
    }

    /// All addresses of a host. Throws `nameUnknown` where it has none or nobody says in time.
    func addresses(of host: String, within limit: Duration) async throws(OutboundError) -> [InternetAddress] {
        let answer = OneShot<[InternetAddress]?>()
        let isFirst = waiting.withLock { waiting in
            defer { waiting[host, default: []].append(answer) }
            return waiting[host] == nil
        }
        if isFirst {
            pool.submit { [self] in
                let found = look(host)
                for waiter in waiting.withLock({ $0.removeValue(forKey: host) }) ?? [] { waiter.finish(found) }
            }
        }
        let found = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await Task.sleep(for: limit) } catch {}
                answer.finish(nil)
            }
            let found = await answer.value()
            group.cancelAll()
            return found
        }
        if Task.isCancelled { throw .cancelled }
        guard let found else { throw .nameUnknown("no answer from the name server in time") }
        guard !found.isEmpty else { throw .nameUnknown("the host has no address") }
        return found
    }

    /// How many wait for a name now.
    func waiters(of host: String) -> Int { waiting.withLock { $0[host]?.count ?? 0 } }
}
