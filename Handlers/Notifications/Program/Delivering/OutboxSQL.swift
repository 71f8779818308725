import HandlerKit
import NotificationDelivery
import NotificationRules

/// The statements on messages that wait, and on the log of tries.
enum OutboxSQL {
    /// $2 id, $3 channel, $4 key, $5 severity, $6 notice, $7 when, $8 the one recipient or null. Written once for a key.
    static let insert = Statement(
        "notifications.insert_message",
        """
        insert into app.notification_outbox (tenant_id, id, channel_id, key, severity, notice, due_at, recipient) values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (tenant_id, channel_id, key) do nothing
        """, access: .write)

    static func binds(_ id: UUID, _ channel: UUID, _ key: String, _ notice: Notice, due: Timestamp, recipient: UUID? = nil) throws(AppError) -> [Bind]
    {
        [
            .uuid(id), .uuid(channel), .text(key), .text(notice.severity.rawValue), .json(try JSON.encode(notice)), .timestamp(due),
            .optional(recipient, Bind.uuid),
        ]
    }

    /// Channels for which something is due that nobody works on; those that have waited longest first.
    static let dueChannels = Statement(
        "notifications.due_channels",
        """
        select o.channel_id from app.notification_outbox o
        where o.tenant_id = $1 and o.status = 'waiting' and o.due_at <= now() and o.claimed_until <= now()
        group by o.channel_id order by min(o.due_at) limit 50
        """, access: .read)

    /// What is due for a channel, was never tried and nobody works on, without its words: $2 the channel, $3 how many. What somebody else holds is passed
    /// over.
    static let due = Statement(
        "notifications.due",
        """
        select o.id, o.recipient, o.key, o.severity, o.attempts, o.created_at, o.notice ->> 'occurred_at' from app.notification_outbox o
        where o.tenant_id = $1 and o.channel_id = $2 and o.status = 'waiting' and o.due_at <= now() and o.claimed_until <= now() and o.attempts = 0
        order by o.due_at limit $3 for update skip locked
        """, access: .write)

    /// The same of what was tried.
    static let dueAgain = Statement(
        "notifications.due_again",
        """
        select o.id, o.recipient, o.key, o.severity, o.attempts, o.created_at, o.notice ->> 'occurred_at' from app.notification_outbox o
        where o.tenant_id = $1 and o.channel_id = $2 and o.status = 'waiting' and o.due_at <= now() and o.claimed_until <= now() and o.attempts > 0
        order by o.due_at limit $3 for update skip locked
        """, access: .write)

    /// $2 ids: what they say.
    static let notices = Statement(
        "notifications.notices", "select o.id, o.notice from app.notification_outbox o where o.tenant_id = $1 and o.id = any($2::uuid[])",
        access: .read)

    /// $2 ids, $3 until when: they wait.
    static let wait = Statement(
        "notifications.wait", "update app.notification_outbox set due_at = $3 where tenant_id = $1 and id = any($2::uuid[])", access: .write)

    /// $2 ids, $3 why: they never go.
    static let drop = Statement(
        "notifications.drop",
        "update app.notification_outbox set status = 'dropped', reason = $3, ended_at = now() where tenant_id = $1 and id = any($2::uuid[])",
        access: .write)

    /// $2 ids, $3 the message that they go with.
    static let fold = Statement(
        "notifications.fold",
        """
        update app.notification_outbox set status = 'delivered', folded_into = $3, ended_at = now() where tenant_id = $1 and id = any($2::uuid[])
        """, access: .write)

    /// $2 id, $3 what it says, $4 seconds: this try's own for so long, $5 whether it speaks for others too, so that no alert of its own can take it back.
    static let claim = Statement(
        "notifications.claim",
        """
        update app.notification_outbox
        set attempts = attempts + 1, notice = $3, claimed_until = now() + make_interval(secs => $4), alert_id = case when $5::bool then null else alert_id end,
            firing = case when $5::bool then null else firing end, step = case when $5::bool then 0 else step end
        where tenant_id = $1 and id = $2
        """, access: .write)

    /// $2 id, $3 the try, $4 status, $5 reason. No row: another try is newer.
    static let end = Statement(
        "notifications.end",
        """
        update app.notification_outbox set status = $4, reason = $5, ended_at = now()
        where tenant_id = $1 and id = $2 and attempts = $3 and status = 'waiting'
        returning id
        """, access: .write)

    /// $2 id, $3 the try, $4 seconds until the next, $5 reason.
    static let again = Statement(
        "notifications.again",
        """
        update app.notification_outbox set due_at = now() + make_interval(secs => $4), claimed_until = '-infinity', reason = $5
        where tenant_id = $1 and id = $2 and attempts = $3 and status = 'waiting'
        returning id
        """, access: .write)

    /// $2 id, $3 the try: it did not come to it, and does not count.
    static let release = Statement(
        "notifications.release",
        """
        update app.notification_outbox set attempts = attempts - 1, claimed_until = '-infinity'
        where tenant_id = $1 and id = $2 and attempts = $3 and status = 'waiting'
        """, access: .write)

    /// $2 id, $3 channel, $4 message, $5 how many, $6 try, $7 outcome, $8 status, $9 reason, $10 milliseconds.
    static let record = Statement(
        "notifications.record",
        """
        insert into app.notification_deliveries (tenant_id, id, channel_id, message_id, messages, attempt, occurred_at, outcome, status, reason, milliseconds)
        values ($1, $2, $3, $4, $5, $6, now(), $7, $8, $9, $10)
        """, access: .write)

    /// $2 channel or null, $3 the id before which to begin, $4 how many.
    static let log = Statement(
        "notifications.log",
        """
        select id, channel_id, message_id, messages, attempt, occurred_at, outcome, status, reason, milliseconds from app.notification_deliveries
        where tenant_id = $1 and ($2::uuid is null or channel_id = $2) and id < $3 order by id desc limit $4
        """, access: .read)

    /// A job that delivers what is due at $3: $2 its id. Made with what is told.
    static let deliver = Statement(
        "notifications.deliver", "select tenancy.deliver_notifications($2, $3, null) where $1::uuid is not null", access: .write)

    /// The same, $2 its id, for when the next message is due, where one waits. One job for a time: whoever runs then sees all that waits now.
    static let deliverNext = Statement(
        "notifications.deliver_next",
        """
        select tenancy.deliver_notifications($2, n.at, 'due ' || extract(epoch from n.at)) from (
            select greatest(min(greatest(o.due_at, o.claimed_until)), clock_timestamp() + interval '1 second') as at
            from app.notification_outbox o where o.tenant_id = $1 and o.status = 'waiting' having count(*) > 0) n
        """, access: .write)

    static let all = [
        deliver, deliverNext, insert, dueChannels, due, dueAgain, notices, wait, drop, fold, claim, end, again, release, record, log,
    ]
}

extension OutboxSQL {
    /// A line of the log of tries.
    static func record(_ dispatch: Dispatch, _ next: DeliveryAttempt.Next, _ result: DeliveryAttempt.Result?, _ took: Duration, _ id: UUID) -> Call {
        var status: Int32?
        if case .status(let code, _) = result { status = Int32(clamping: code) }
        let outcome: (name: String, reason: String?) =
            switch next {
            case .delivered: ("delivered", nil)
            case .again(_, let reason): ("again", reason)
            case .givenUp(let reason, _): ("failed", reason)
            }
        return Call(
            record,
            [
                .uuid(id), .uuid(dispatch.channel.id), .uuid(dispatch.id), .int32(Int32(dispatch.messages)), .int32(Int32(dispatch.attempt)),
                .text(outcome.name), .optional(status, Bind.int32), .optional(outcome.reason.map(cut), Bind.text),
                .int32(Int32(clamping: took.milliseconds)),
            ])
    }

    /// What the tables hold of a reason.
    static func cut(_ text: String) -> String { String(text.unicodeScalars.prefix(400)) }
}
