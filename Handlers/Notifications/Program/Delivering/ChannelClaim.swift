import HandlerKit
import NotificationDelivery
import NotificationRules

/// What goes out to one channel now, claimed in one transaction that holds the channel's row.
///
/// Of what waits only as much is read as decides what goes; what messages say is read for those that go and, of a digest, for those that it names.
struct ChannelClaim: Sendable {
    /// Messages that are looked at: never tried, tried.
    static let fresh: Int32 = 1000, tried: Int32 = 10
    /// Of those for one member each, the members that have their turn.
    static let recipients = 8
    /// Seconds for which a claim holds.
    static let lease = 30.0

    /// Messages that were looked at; 0: none is due.
    private(set) var found = 0
    /// What is to be sent by calling; mail has been handed over.
    private(set) var dispatches: [Dispatch] = []

    static func take(_ channel: UUID, _ postman: Postman, _ invocation: JobInvocation) async throws -> ChannelClaim {
        let now = invocation.time.now()
        return try await invocation.database.interactive { transaction in
            var claim = ChannelClaim()
            let held = try await transaction.batch([
                Call(ChannelsSQL.hold, [.uuid(channel)]), Call(OutboxSQL.due, [.uuid(channel), .int32(fresh)]),
                Call(OutboxSQL.dueAgain, [.uuid(channel), .int32(tried)]),
            ])
            guard let row = held[0].first else { return claim }
            let channel = try ChannelRecord(row)
            let messages = try held[1...].flatMap { rows in try rows.map { try WaitingMessage($0) } }
            claim.found = messages.count
            guard !messages.isEmpty else { return claim }
            guard channel.isEnabled else {
                _ = try await transaction.batch([Call(OutboxSQL.drop, [.uuids(messages.map(\.id)), .text("the channel is switched off")])])
                return claim
            }
            var desk = try await Desk(channel, postman, transaction, at: now) { invocation.makeID() }
            var throttle = channel.throttle
            // What waits for one member is not folded with what is for all.
            let groups = Dictionary(grouping: messages, by: \.recipient).values.sorted { $0[0].createdAt < $1[0].createdAt }
            for group in groups.prefix(recipients) {
                let plan = DispatchPlan(group.map(\.waiting), desk.rules, throttle, at: now)
                throttle = plan.throttle
                claim.dispatches += try await desk.take(plan.actions, group, transaction)
            }
            _ = try await transaction.batch([Call(ChannelsSQL.keepThrottle, [.uuid(channel.id), .json(try JSON.encode(throttle))])])
            return claim
        }
    }
}
