/// What a listener hears.
public enum ListenEvent: Sendable, Equatable {
    /// From now on notifications arrive. Comes first, and again after each loss; what was sent in between was missed.
    case listening
    /// A notification with its payload, which may be empty.
    case notified(channel: String, payload: String)
    /// The connection was lost; it is opened again in the background. Whatever depends on having heard everything is worthless now.
    case lost
}
