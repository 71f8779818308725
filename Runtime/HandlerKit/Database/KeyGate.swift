import Reactor

/// Lets invocations with one key through one after the other, so that those who wait hold no connection meanwhile.
///
/// It spares connections and nothing more: that an effect happens once is the database's doing, for all processes. Touched on the reactor's thread alone.
final class KeyGate: @unchecked Sendable {
    /// A key of one user at one route.
    struct ID: Hashable {
        let tenant: TenantID
        let user: UserID
        let route: String
        let key: String
    }

    private struct Waiter {
        let number: Int
        let continuation: UnsafeContinuation<Void, any Error>
    }

    private let reactor: Reactor
    /// Who waits behind the one inside.
    private var inside: [ID: [Waiter]] = [:]
    private var lastNumber = 0

    init(reactor: Reactor) { self.reactor = reactor }

    /// How many wait for a key; nil where nobody holds it.
    func waiting(for id: ID) -> Int? { inside[id]?.count }

    /// Returns when nobody else is inside with the key; ``leave(_:)`` must follow. Throws `CancellationError` when nobody waits for it any more.
    func enter(_ id: ID) async throws {
        try Task.checkCancellation()
        guard inside[id] != nil else {
            inside[id] = []
            return
        }
        lastNumber += 1
        let number = lastNumber
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
                inside[id, default: []].append(Waiter(number: number, continuation: continuation))
            }
        } onCancel: {
            reactor.execute { self.abandon(id, number) }
        }
    }

    /// The next one may enter.
    func leave(_ id: ID) {
        guard let waiters = inside[id] else { return }
        guard let next = waiters.first else {
            inside[id] = nil
            return
        }
        inside[id]?.removeFirst()
        next.continuation.resume()
    }

    private func abandon(_ id: ID, _ number: Int) {
        guard let place = inside[id]?.firstIndex(where: { $0.number == number }), let waiter = inside[id]?.remove(at: place) else { return }
        waiter.continuation.resume(throwing: CancellationError())
    }
}
