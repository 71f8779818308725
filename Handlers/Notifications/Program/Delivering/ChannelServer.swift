import HandlerKit
import NotificationDelivery
import Outbound
import Tokens

/// Sends what is due, channels side by side: receivers are called at once, and between the calls one after the other claims and settles, since of one job
/// one transaction is open at a time.
struct ChannelServer: Sendable {
    /// A channel that is being served: what of a claim is still to be sent.
    private struct Work: Sendable {
        let channel: UUID
        var rounds = 0
        var dispatches: ArraySlice<Dispatch> = []
        /// Whoever has not been called by then is given back.
        var latest: ContinuousClock.Instant
    }

    /// A receiver was called.
    private struct Called: Sendable {
        let work: Work
        let dispatch: Dispatch
        let result: DeliveryAttempt.Result
        let took: Duration
    }

    private typealias Calls = ThrowingTaskGroup<Called, any Error>

    let postman: Postman
    let sender: Sender
    let invocation: JobInvocation
    /// No claim begins behind it.
    let end: ContinuousClock.Instant

    var hasTime: Bool { invocation.time.instant() < end }

    /// Claims and calls for each channel, some times in turn; how many messages were found. What is wrong with one channel holds no other up, and is thrown
    /// at the end.
    func serve(_ channels: [UUID]) async throws -> Int {
        try await withThrowingTaskGroup(of: Called.self) { calls in
            var rest = channels[...]
            var (found, underWay) = (0, 0)
            var first: AppError?
            /// Goes on with a channel until its receiver is being called, or nothing is left to do for it.
            func goOn(_ work: Work, _ calls: inout Calls, behind called: Called? = nil) async throws {
                do {
                    if let called { try await settle(called) }
                    if try await next(work, &calls, &found) { underWay += 1 }
                } catch let error as AppError { first = first ?? error }
            }
            while true {
                while underWay < DeliverJob.lanes, let channel = rest.popFirst() {
                    try await goOn(Work(channel: channel, latest: invocation.time.instant()), &calls)
                }
                guard let called = try await calls.next() else { break }
                underWay -= 1
                try await goOn(called.work, &calls, behind: called)
            }
            if let first { throw first }
            return found
        }
    }

    /// Whether a call is under way.
    private func next(_ work: Work, _ calls: inout Calls, _ found: inout Int) async throws -> Bool {
        var work = work
        while true {
            try Task.checkCancellation()
            if let dispatch = work.dispatches.popFirst() {
                guard invocation.time.instant() < work.latest else {
                    _ = try await invocation.database.rows(OutboxSQL.release, .uuid(dispatch.id), .int32(Int32(dispatch.attempt)))
                    continue
                }
                let rest = work
                calls.addTask { try await call(dispatch, rest) }
                return true
            }
            guard work.rounds < DeliverJob.rounds, hasTime else { return false }
            work.latest = invocation.time.instant().advanced(by: DeliverJob.latest)
            let claim = try await ChannelClaim.take(work.channel, postman, invocation)
            if claim.found == 0 { return false }
            found += claim.found
            work.rounds += 1
            work.dispatches = claim.dispatches[...]
        }
    }

    /// Reaches no database.
    private func call(_ dispatch: Dispatch, _ work: Work) async throws -> Called {
        let start = invocation.time.instant()
        let result: DeliveryAttempt.Result
        do {
            guard let sealed = dispatch.channel.secret else { throw AppError(.internalError, "the channel has no address") }
            let plain = try invocation.open(sealed, for: ChannelSecret.purpose(dispatch.channel.id))
            let secret = try JSON.decode(ChannelSecret.self, from: try JSON.read(plain))
            result = try await sender.send(dispatch, secret, at: invocation.time.now())
        } catch let error as AppError {
            // Its address cannot be read any more, or is none.
            result = .refused(error.message)
        }
        return Called(work: work, dispatch: dispatch, result: result, took: start.duration(to: invocation.time.instant()))
    }

    private func settle(_ called: Called) async throws {
        let dispatch = called.dispatch
        var random = SecureRandom()
        let next = DeliveryAttempt.next(called.result, attempt: dispatch.attempt, using: &random)
        let (id, attempt) = (Bind.uuid(dispatch.id), Bind.int32(Int32(dispatch.attempt)))
        let line = OutboxSQL.record(dispatch, next, called.result, called.took, invocation.makeID())
        let calls: [Call]
        switch next {
        case .delivered: calls = [Call(OutboxSQL.end, [id, attempt, .text("delivered"), .null]), line]
        case .again(let wait, let reason):
            calls = [
                Call(OutboxSQL.again, [id, attempt, .float8(Double(wait.milliseconds) / 1000), .text(OutboxSQL.cut(reason))]), line,
            ]
        case .givenUp(let reason, let endsChannel):
            let channel = dispatch.channel.id
            let data = JSONValue.object(["channel_id": .string("\(channel)")])
            let off = Call(
                ChannelsSQL.switchOff,
                [
                    .uuid(channel), .text(OutboxSQL.cut(reason)), .uuid(invocation.makeID()), .json(Array(data.description.utf8)),
                    .text(NoticeKey("channel_off", id: dispatch.id).description),
                ])
            calls = [Call(OutboxSQL.end, [id, attempt, .text("failed"), .text(OutboxSQL.cut(reason))]), line] + (endsChannel ? [off] : [])
        }
        _ = try await invocation.database.transaction(calls)
    }
}
