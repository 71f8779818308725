import Kernel
import Logging
import Synchronization
import Wire

/// All listeners of all tenants: one relay for each tenant and channel reads for them.
final class Feeds: Sendable {
    /// What is listened to.
    struct Channel: Hashable, Sendable {
        let tenant: TenantID
        let handler: String
        let name: String
    }

    /// Reads one page behind a cursor in a tenant's name.
    typealias Read = @Sendable (Channel, Principal, String?) async throws(AppError) -> FeedPage

    private struct Entry {
        var relay = Relay()
        var listeners: [Relay.ListenerID: FeedListener] = [:]
        var nextRead: ContinuousClock.Instant
        var isReading = false
    }

    private struct State {
        var entries: [Channel: Entry] = [:]
        var counts: [TenantID: Int] = [:]
        var nextID: Relay.ListenerID = 1
        var total = 0
        var stopping = false
    }

    /// The most listeners of one tenant, and of all.
    static let perTenant = 100
    static let total = 2000
    /// How often a channel is read while nothing is known to be new.
    static let interval: Duration = .seconds(1)

    private let state = Mutex(State())
    private let due: AsyncStream<Channel>
    private let dueContinuation: AsyncStream<Channel>.Continuation
    private let time: TimeSource
    private let logger: Logger

    init(time: TimeSource, logger: Logger) {
        self.time = time
        self.logger = logger
        (due, dueContinuation) = AsyncStream.makeStream()
    }

    /// Keeps a listener. Throws `TOO_MANY_REQUESTS` above the caps.
    func add(_ channel: Channel, _ principal: Principal, from cursor: String?) throws(AppError) -> FeedListener {
        let now = time.instant()
        return try state.withLock { state throws(AppError) in
            guard !state.stopping else { throw AppError(.unavailable, retryAfter: .seconds(1)) }
            guard state.total < Self.total, state.counts[channel.tenant, default: 0] < Self.perTenant else {
                throw AppError(.tooManyRequests, "Too many listeners; close some first", retryAfter: .seconds(5))
            }
            let listener = FeedListener(id: state.nextID, principal: principal, now: now)
            state.nextID += 1
            state.total += 1
            state.counts[channel.tenant, default: 0] += 1
            state.entries[channel, default: Entry(nextRead: now)].relay.add(listener.id, from: cursor)
            state.entries[channel]?.listeners[listener.id] = listener
            wakeIfDue(&state, channel, now)
            return listener
        }
    }

    func remove(_ listener: FeedListener, from channel: Channel) {
        state.withLock { state in
            guard state.entries[channel]?.listeners.removeValue(forKey: listener.id) != nil else { return }
            state.entries[channel]?.relay.remove(listener.id)
            if state.entries[channel]?.relay.isEmpty == true { state.entries[channel] = nil }
            state.total -= 1
            let rest = state.counts[channel.tenant, default: 1] - 1
            state.counts[channel.tenant] = rest > 0 ? rest : nil
        }
    }

    /// Reads what is due until ``stop()``, each channel in a child task of its own.
    func run(_ read: @escaping Read) async {
        await withDiscardingTaskGroup { group in
            for await channel in due { group.addTask { await self.round(channel, read) } }
        }
    }

    /// Time passes.
    func tick() {
        let now = time.instant()
        let wall = time.now()
        let listeners = state.withLock { state -> [FeedListener] in
            for channel in state.entries.keys { wakeIfDue(&state, channel, now) }
            return state.entries.values.flatMap { $0.listeners.values }
        }
        for listener in listeners {
            if listener.principal.expiry <= wall { listener.end() } else { listener.tick(now) }
        }
    }

    /// Ends listeners who may not listen any more. `tenant` nil: all are looked at.
    func review(_ tenant: TenantID?, _ directory: Directory) async {
        let listeners = state.withLock { state in
            state.entries.filter { tenant == nil || $0.key.tenant == tenant }.values.flatMap { $0.listeners.values }
        }
        for listener in listeners {
            do throws(AppError) {
                try await directory.confirm(listener.principal, at: time.now())
            } catch {
                // Where the directory does not answer the listener stays: it learns nothing new from a database that is away.
                if error.code != .unavailable { listener.end() }
            }
        }
    }

    /// Ends all listeners; each can resume from its last event elsewhere.
    func stop() {
        let listeners = state.withLock { state in
            state.stopping = true
            return state.entries.values.flatMap { $0.listeners.values }
        }
        for listener in listeners { listener.end() }
        dueContinuation.finish()
    }

    private func wakeIfDue(_ state: inout State, _ channel: Channel, _ now: ContinuousClock.Instant) {
        guard let entry = state.entries[channel], !entry.isReading, entry.relay.isEager || entry.nextRead <= now else { return }
        state.entries[channel]?.isReading = true
        dueContinuation.yield(channel)
    }

    /// Reads every place of a channel once.
    private func round(_ channel: Channel, _ read: Read) async {
        let now = time.instant()
        let places = state.withLock { state -> [String?] in
            guard let entry = state.entries[channel] else { return [] }
            return entry.relay.places(all: entry.nextRead <= now)
        }
        for place in places {
            guard let principal = state.withLock({ $0.entries[channel]?.listeners.values.first?.principal }) else { break }
            do throws(AppError) {
                let page = try await read(channel, principal, place)
                deliver(page, behind: place, channel)
            } catch {
                logger.warning(
                    "a feed could not be read", metadata: .keys([.handler: "\(channel.handler)", .error: "\(String(reflecting: error))"]))
                break
            }
        }
        state.withLock { state in
            state.entries[channel]?.isReading = false
            state.entries[channel]?.nextRead = time.instant().advanced(by: Self.interval)
            wakeIfDue(&state, channel, time.instant())
        }
    }

    private func deliver(_ page: FeedPage, behind place: String?, _ channel: Channel) {
        let (listeners, events) = state.withLock { state -> ([FeedListener], [FeedPage.Event]) in
            guard let delivery = state.entries[channel]?.relay.read(place, page) else { return ([], []) }
            return (delivery.listeners.compactMap { state.entries[channel]?.listeners[$0] }, delivery.events)
        }
        guard !listeners.isEmpty else { return }
        let bytes = EventStream.bytes(events)
        for listener in listeners { listener.deliver(bytes, at: time.instant()) }
    }
}
