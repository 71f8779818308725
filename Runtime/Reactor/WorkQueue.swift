/// What waits to run on the loop, first come, first served.
struct WorkQueue {
    enum Work: Sendable {
        case job(UnownedJob)
        case measured(UnownedJob, MeasuredExecutor)
        case body(@Sendable () -> Void)
    }

    private var items: ContiguousArray<Work> = []
    private var head = 0

    var isEmpty: Bool { head == items.count }

    mutating func append(_ work: Work) { items.append(work) }

    mutating func pop() -> Work? {
        guard head < items.count else { return nil }
        let work = items[head]
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: true)
            head = 0
        }
        return work
    }

    /// Appends all of another queue and empties it.
    mutating func take(_ other: inout WorkQueue) {
        if isEmpty {
            swap(&self, &other)
        } else {
            while let work = other.pop() { append(work) }
        }
    }
}
