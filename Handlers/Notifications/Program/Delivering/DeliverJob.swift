import HandlerKit

/// `deliver`: sends what is due for a tenant. Made in each transaction that writes messages, for when they are due.
///
/// Channels are served side by side, each by itself: one transaction claims what goes out to it, with a lease; mail goes to the outbox of mail in that same
/// transaction. Then the receiver is called, outside of any transaction, and each outcome is written where no newer try has begun. Who dies in between
/// leaves a claim that ends, and the message goes again under the same id: at least once, and once for whoever keeps ids.
struct DeliverJob: Sendable {
    static let kind: StaticString = "deliver"
    /// Whoever has not been called by then is given back: a call ends before its claim does.
    static let latest = Duration.seconds(18)
    /// Channels that are called at once; each of them has one call under way at most.
    static let lanes = 8
    /// Claims of one channel before another one has its turn.
    static let rounds = 10
    /// No claim begins after so long; what is left is the next job's.
    static let longest = Duration.seconds(120)

    let parts: Result<Parts, AppError>

    var job: Job {
        Job(Self.kind, summary: "Deliver what is due", retry: RetryPolicy(maxAttempts: 20, longestWait: 300)) { (_: NoInput, invocation) in
            guard let tenant = invocation.tenant else { throw AppError(.internalError, detail: "for no tenant") }
            let parts = try parts.get()
            let server = ChannelServer(
                postman: Postman(queue: parts.mail, tenant: tenant), sender: Sender(client: parts.client), invocation: invocation,
                end: invocation.time.instant().advanced(by: Self.longest))
            while server.hasTime {
                let channels = try await invocation.database.rows(OutboxSQL.dueChannels).map { try $0.uuid(0) }
                // Nothing is found where another job holds it.
                if try await server.serve(channels) == 0 { break }
            }
            // What waits yet, or was claimed by somebody who has died since, is the next job's.
            try await invocation.finish([Call(OutboxSQL.deliverNext, [.uuid(invocation.makeID())])])
            invocation.jobs.announce()
        }
    }
}
