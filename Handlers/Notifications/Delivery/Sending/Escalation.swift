public import Kernel

/// Whom else is told of a firing that nobody has acknowledged.
public struct Escalation: Codable, Sendable, Hashable, Validated {
    public struct Step: Codable, Sendable, Hashable, Validated {
        /// Behind the moment at which it was told of first.
        public var afterSeconds: Int
        public var channelIDs: [UUID]

        enum CodingKeys: String, CodingKey {
            case afterSeconds = "after_seconds"
            case channelIDs = "channel_ids"
        }

        public init(afterSeconds: Int, channelIDs: [UUID]) { (self.afterSeconds, self.channelIDs) = (afterSeconds, channelIDs) }

        public func validate(_ issues: inout [AppError.Issue]) {
            issues.require((60...604_800).contains(afterSeconds), "after_seconds", "expected a whole number from 60 to 604800")
            issues.require((1...20).contains(channelIDs.count), "channel_ids", "expected 1 to 20 ids of channels")
        }
    }

    /// At most five, each later than the one before.
    public var steps: [Step]

    public init(_ steps: [Step]) { self.steps = steps }

    public func validate(_ issues: inout [AppError.Issue]) {
        issues.require((1...5).contains(steps.count), "steps", "expected 1 to 5 steps")
        issues.require(
            zip(steps, steps.dropFirst()).allSatisfy { $0.afterSeconds < $1.afterSeconds }, "steps", "expected each step later than the one before")
    }

    /// One message that is due unless somebody acknowledges, or it is over, before.
    public struct Due: Sendable, Hashable {
        public let step: Int
        public let channel: UUID
        public let at: Timestamp
    }

    /// All of them for a firing that is told of at a moment.
    public func due(from time: Timestamp) -> [Due] {
        steps.enumerated().flatMap { index, step in
            step.channelIDs.map { Due(step: index + 1, channel: $0, at: time + .seconds(step.afterSeconds)) }
        }
    }
}
