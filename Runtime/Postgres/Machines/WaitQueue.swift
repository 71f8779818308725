import Kernel

/// Who waits for a connection, in the order of their numbers, which is the order of arrival. Whoever comes back keeps its place.
struct WaitQueue {
    struct Waiter: Equatable {
        let request: Int
        let need: PoolMachine.Need
        let deadline: Deadline
        let since: ContinuousClock.Instant
        /// For whom; nil: for nobody who competes with others.
        var party: Party?
    }

    /// One of several who share the connections, such as a tenant.
    typealias Party = UInt64

    private var items: ContiguousArray<Waiter> = []
    private var head = 0

    var count: Int { items.count - head }
    var isEmpty: Bool { count == 0 }
    var first: Waiter? { isEmpty ? nil : items[head] }
    var all: ArraySlice<Waiter> { ArraySlice(items[head...]) }

    mutating func append(_ waiter: Waiter) {
        if let last = items.last, count > 0, last.request > waiter.request {
            items.insert(waiter, at: place(of: waiter.request))
        } else {
            items.append(waiter)
        }
    }

    mutating func removeFirst() {
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 64, head * 2 > items.count {
            items.removeSubrange(..<head)
            head = 0
        }
    }

    /// Takes a waiter out; false if it does not wait.
    mutating func remove(_ request: Int) -> Bool {
        let place = place(of: request)
        guard place < items.count, items[place].request == request else { return false }
        if place == head { removeFirst() } else { items.remove(at: place) }
        return true
    }

    /// Takes out all that match, in their order.
    mutating func remove(where matches: (Waiter) -> Bool) -> [Waiter] {
        let removed = all.filter(matches)
        guard !removed.isEmpty else { return [] }
        items.removeSubrange(..<head)
        head = 0
        items.removeAll(where: matches)
        return removed
    }

    /// The first place whose number is not below.
    private func place(of request: Int) -> Int {
        var (low, high) = (head, items.count)
        while low < high {
            let middle = (low + high) / 2
            if items[middle].request < request { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
