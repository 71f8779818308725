public import Kernel

/// Names one message to one receiver: what has the same key is the same message, and is written once.
public struct NoticeKey: Sendable, Hashable, CustomStringConvertible {
    public let description: String

    /// Of an alert's firing. `turn` tells apart what a firing says several times: the slot of a repetition, the number of an escalation's step.
    public init(alert: UUID, firing: Int, kind: String, turn: String = "") { description = "alert:\(alert):\(firing):\(kind):\(turn)" }

    /// Of something that happens once and has an id.
    public init(_ area: StaticString, id: UUID) { description = "\(area):\(id)" }
}
