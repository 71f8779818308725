/// Timers ordered by when they are due: a binary min-heap in which each timer knows its place, so that cancelling is O(log n) and leaves nothing.
struct TimerHeap {
    private var timers: [ReactorTimer] = []

    var isEmpty: Bool { timers.isEmpty }
    var count: Int { timers.count }
    /// When the first timer is due.
    var next: ContinuousClock.Instant? { timers.first?.due }

    mutating func insert(_ timer: ReactorTimer) {
        timer.place = timers.count
        timers.append(timer)
        rise(from: timer.place)
    }

    /// Takes a timer out; nothing happens if it has fired or was taken out before.
    mutating func remove(_ timer: ReactorTimer) {
        let place = timer.place
        guard place >= 0 else { return }
        timer.place = -1
        let last = timers.removeLast()
        guard last !== timer else { return }
        put(last, at: place)
        rise(from: place)
        sink(from: last.place)
    }

    /// Takes the first timer out if it is due.
    mutating func popDue(at now: ContinuousClock.Instant) -> ReactorTimer? {
        guard let first = timers.first, first.due <= now else { return nil }
        remove(first)
        return first
    }

    private mutating func put(_ timer: ReactorTimer, at place: Int) {
        timers[place] = timer
        timer.place = place
    }

    private mutating func rise(from start: Int) {
        let timer = timers[start]
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard timer.due < timers[parent].due else { break }
            put(timers[parent], at: place)
            place = parent
        }
        put(timer, at: place)
    }

    private mutating func sink(from start: Int) {
        let timer = timers[start]
        var place = start
        while true {
            var child = place * 2 + 1
            guard child < timers.count else { break }
            if child + 1 < timers.count, timers[child + 1].due < timers[child].due { child += 1 }
            guard timers[child].due < timer.due else { break }
            put(timers[child], at: place)
            place = child
        }
        put(timer, at: place)
    }
}
