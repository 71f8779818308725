import Wire

/// Who listens to one channel of one tenant, and from where. A pure value.
///
/// Listeners at the same place share one read; those who catch up reach the others' place sooner or later and join them.
struct Relay {
    typealias ListenerID = UInt64

    /// Events for some listeners.
    struct Delivery: Equatable {
        let listeners: [ListenerID]
        let events: [FeedPage.Event]
    }

    private var cursors: [ListenerID: String?] = [:]
    /// Places that may have more right now.
    private var hasMore: Set<String?> = []

    var isEmpty: Bool { cursors.isEmpty }

    /// A listener behind that event; nil: from the oldest kept.
    mutating func add(_ listener: ListenerID, from cursor: String?) {
        cursors[listener] = .some(cursor)
        hasMore.insert(cursor)
    }

    mutating func remove(_ listener: ListenerID) { cursors[listener] = nil }

    /// The places to read from in this round: all of them when the interval has passed, else those that may have more at once.
    func places(all: Bool) -> [String?] {
        let places = Set(cursors.values)
        return (all ? Array(places) : places.filter { hasMore.contains($0) }).sorted { ($0 ?? "") < ($1 ?? "") }
    }

    /// A page that was read behind a place: who gets it. Nil where nobody stands there any more or nothing is new.
    mutating func read(_ place: String?, _ page: FeedPage) -> Delivery? {
        hasMore.remove(place)
        let listeners = cursors.filter { $0.value == place }.keys.sorted()
        guard let last = page.events.last, !listeners.isEmpty else { return nil }
        for listener in listeners { cursors[listener] = .some(last.id) }
        if page.hasMore { hasMore.insert(last.id) }
        return Delivery(listeners: listeners, events: page.events)
    }

    /// Whether a page can be read without waiting for the interval.
    var isEager: Bool { cursors.values.contains { hasMore.contains($0) } }
}
