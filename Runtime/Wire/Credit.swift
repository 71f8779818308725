/// How much of a stream may still be sent, seen from the sender. A pure value.
///
/// Both ends begin with the same window; the receiver grants what it has consumed, so at most a window is ever under way.
public struct SendCredit: Sendable, Hashable {
    /// What each stream may send before the first grant, in bytes and in each direction.
    public static let initialWindow = 256 << 10

    /// Bytes that may be sent now.
    public private(set) var available = SendCredit.initialWindow

    /// A stream at its start.
    public init() {}

    /// Counts bytes that are being sent. Call it with at most `available`.
    public mutating func spend(_ count: Int) {
        precondition(count <= available, "sent past the credit")
        available -= count
    }

    /// Counts a grant of the receiver.
    public mutating func grant(_ count: UInt32) { available += Int(count) }
}

/// When to grant more, seen from the receiver. A pure value.
public struct ReceiveCredit: Sendable, Hashable {
    private var consumed = 0
    private var outstanding = SendCredit.initialWindow

    /// A stream at its start.
    public init() {}

    /// Counts bytes that arrived; false if the sender went past its credit, which ends the connection.
    public mutating func receive(_ count: Int) -> Bool {
        outstanding -= count
        return outstanding >= 0
    }

    /// Counts bytes that were used; the grant to send now, if it is worth a frame (half a window).
    public mutating func consume(_ count: Int) -> UInt32? {
        consumed += count
        guard consumed >= SendCredit.initialWindow / 2 else { return nil }
        defer { consumed = 0 }
        outstanding += consumed
        return UInt32(consumed)
    }
}
