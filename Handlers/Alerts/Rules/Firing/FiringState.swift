public import Kernel

/// Where an alert stands: all that the next evaluation must know of the ones before. Kept with the alert, so that it survives restarts.
public struct FiringState: Codable, Sendable, Hashable {
    public enum Phase: String, Codable, Sendable, Hashable, CaseIterable {
        case normal
        /// The condition holds, not yet for long enough.
        case pending
        case firing
    }

    /// What was to be told and waits for the end of quiet hours or of a snooze.
    public enum Owed: String, Codable, Sendable, Hashable, CaseIterable { case fired, resolved }

    public internal(set) var phase = Phase.normal
    /// When the phase began; nil before the first evaluation.
    public internal(set) var since: Timestamp?
    /// The newest slot that was evaluated. No slot counts twice, and none behind a newer one.
    public internal(set) var lastSlot: Timestamp?
    /// The number of the newest firing, from 1; 0: it has never fired.
    public internal(set) var firing = 0
    /// Since when the condition is clear while the alert fires.
    public internal(set) var clearSince: Timestamp?
    /// When somebody acknowledged this firing.
    public internal(set) var acknowledgedAt: Timestamp?
    /// Until when nobody is told.
    public internal(set) var snoozedUntil: Timestamp?
    /// When this firing was told of last; nil: not yet.
    public internal(set) var toldAt: Timestamp?
    public internal(set) var owed: Owed?
    /// Whether the newest evaluation knew enough.
    public internal(set) var hasData = true
    /// The newest value that was looked at.
    public internal(set) var value: Double?
    /// What the newest evaluation found.
    public internal(set) var summary = ""

    enum CodingKeys: String, CodingKey {
        case phase, since, firing, owed, value, summary
        case lastSlot = "last_slot"
        case clearSince = "clear_since"
        case acknowledgedAt = "acknowledged_at"
        case snoozedUntil = "snoozed_until"
        case toldAt = "told_at"
        case hasData = "has_data"
    }

    /// Before the first evaluation. `firing`: the newest one of an alert that has lost its state.
    public init(firing: Int = 0) { self.firing = firing }
}

/// What a step brought.
public struct FiringStep: Sendable, Hashable {
    /// A line of the alert's history.
    public enum Event: Sendable, Hashable {
        case pending, fired(Int), resolved(Int)
        case noData, dataBack

        /// Its word in the history.
        public var kind: String {
            switch self {
            case .pending: "pending"
            case .fired: "fired"
            case .resolved: "resolved"
            case .noData: "no_data"
            case .dataBack: "data_back"
            }
        }
    }

    /// Something to tell, of a firing.
    public struct Notice: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable, CaseIterable { case fired, repeated, resolved }

        public let kind: Kind
        public let firing: Int

        public init(_ kind: Kind, firing: Int) { (self.kind, self.firing) = (kind, firing) }
    }

    public var events: [Event] = []
    public var notices: [Notice] = []
    /// Whether the slot counted: it is newer than all before, and within the rule's schedule.
    public var counted = false

    /// Nothing.
    public init() {}
}
