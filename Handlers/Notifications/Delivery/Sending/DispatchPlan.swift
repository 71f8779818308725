public import Kernel
public import NotificationRules

/// What becomes of the messages that wait for one channel.
public struct DispatchPlan: Sendable {
    /// A message that waits.
    public struct Waiting: Sendable, Hashable {
        public let id: UUID
        public let severity: Severity
        public let createdAt: Timestamp
        /// When it happened; by this the newest are known.
        public let occurredAt: Timestamp
        /// How often it was tried; what was tried once goes alone under its own id.
        public let attempts: Int

        /// `occurredAt` defaults to `createdAt`.
        public init(id: UUID, severity: Severity, createdAt: Timestamp, occurredAt: Timestamp? = nil, attempts: Int) {
            (self.id, self.severity, self.createdAt, self.attempts) = (id, severity, createdAt, attempts)
            self.occurredAt = occurredAt ?? createdAt
        }
    }

    /// A channel's rules.
    public struct Rules: Sendable, Hashable {
        /// What waits is gathered for so long and sent as one; 0: at once. Critical ones do not wait.
        public var digestSeconds: Int
        /// Messages an hour; a digest counts as one.
        public var perHour: Int
        /// When nothing but critical messages goes, in `zone`.
        public var quietHours: WeeklyHours?
        public var zone: ZoneOffsets
        /// The least severity that goes.
        public var leastSeverity: Severity

        public init(
            digestSeconds: Int = 0, perHour: Int = 60, quietHours: WeeklyHours? = nil, zone: ZoneOffsets = .utc, leastSeverity: Severity = .info
        ) {
            (self.digestSeconds, self.perHour, self.quietHours) = (digestSeconds, perHour, quietHours)
            (self.zone, self.leastSeverity) = (zone, leastSeverity)
        }
    }

    /// One thing to do.
    public enum Action: Sendable, Hashable {
        /// These go as one message, under the first one's id.
        case send([UUID])
        case wait([UUID], until: Timestamp)
        /// They never go.
        case drop([UUID], reason: String)
    }

    /// So many that wait together become a digest, whatever the channel says: a storm of alerts is one message.
    static let storm = 5

    public private(set) var actions: [Action] = []
    /// Behind what is sent.
    public private(set) var throttle: Throttle

    public init(_ waiting: [Waiting], _ rules: Rules, _ throttle: Throttle, at now: Timestamp) {
        self.throttle = throttle
        let small = waiting.filter { $0.severity < rules.leastSeverity }
        if !small.isEmpty { actions.append(.drop(small.map(\.id), reason: "below the channel's least severity")) }
        // In the order of their making.
        let rest = waiting.filter { $0.severity >= rules.leastSeverity }.sorted {
            ($0.createdAt, $0.id.description) < ($1.createdAt, $1.id.description)
        }
        let isQuiet = rules.quietHours?.contains(rules.zone.local(now)) ?? false
        // A message that was tried may have arrived: it keeps its id and goes alone.
        for message in rest where message.attempts > 0 { send([message], rules, now) }

        let fresh = rest.filter { $0.attempts == 0 }
        let urgent = fresh.filter { $0.severity == .critical }
        let calm = fresh.filter { $0.severity != .critical }
        if isQuiet {
            send(grouped: urgent, rules, now)
            wait(calm, until: rules.quietHours?.end(from: now, rules.zone) ?? now + .seconds(3600))
            return
        }
        guard rules.digestSeconds > 0, let oldest = calm.map(\.createdAt).min() else {
            send(grouped: urgent + calm, rules, now)
            return
        }
        send(grouped: urgent, rules, now)
        let end = oldest + .seconds(rules.digestSeconds)
        if end <= now { send(calm, rules, now) } else { wait(calm, until: end) }
    }

    private mutating func send(grouped messages: [Waiting], _ rules: Rules, _ now: Timestamp) {
        if messages.count >= Self.storm { send(messages, rules, now) } else { for message in messages { send([message], rules, now) } }
    }

    private mutating func send(_ messages: [Waiting], _ rules: Rules, _ now: Timestamp) {
        if messages.isEmpty { return }
        if let later = throttle.take(at: now, perHour: rules.perHour) {
            wait(messages, until: later)
        } else {
            actions.append(.send(messages.map(\.id)))
        }
    }

    private mutating func wait(_ messages: [Waiting], until time: Timestamp) {
        if !messages.isEmpty { actions.append(.wait(messages.map(\.id), until: time)) }
    }
}
