import Wire

/// The invocations of a process by their stream, and what each frame of the gateway means for them. A pure value.
struct InvocationTable<Entry> {
    /// What a frame asks for.
    enum Step {
        case begin(StreamID, InvocationHead)
        case body(Entry, [UInt8])
        case bodyEnd(Entry)
        case credit(Entry, UInt32)
        case cancel(Entry, CancelReason)
        case context(Entry, String)
        case called(Entry, NestedAnswer)
        case object(Entry, Frame)
        case pong(UInt64)
        /// Nothing runs any more, and nothing will: the process ends.
        case drained
        /// For an invocation that is over already, or an end that waits for others.
        case nothing
    }

    private var entries: [StreamID: Entry] = [:]
    private var newest: StreamID = 0
    private var draining = false

    /// How many run.
    var count: Int { entries.count }
    /// Those that run, in no order.
    var running: Dictionary<StreamID, Entry>.Values { entries.values }

    mutating func receive(_ frame: Frame) throws(WireError) -> Step {
        switch frame {
        case .invoke(let id, let head):
            guard id > newest else { throw WireError("the stream \(id) begins after the stream \(newest)") }
            guard !draining else { throw WireError("the stream \(id) begins after a drain") }
            newest = id
            return .begin(id, head)
        case .chunk(let id, let bytes): return try entry(id).map { .body($0, bytes) } ?? .nothing
        case .end(let id, _): return try entry(id).map { .bodyEnd($0) } ?? .nothing
        case .credit(let id, let count): return try entry(id).map { .credit($0, count) } ?? .nothing
        case .cancel(let id, let reason): return try entry(id).map { .cancel($0, reason) } ?? .nothing
        case .context(let id, let context): return try entry(id).map { .context($0, context) } ?? .nothing
        case .ping(let number): return .pong(number)
        case .drain:
            draining = true
            return entries.isEmpty ? .drained : .nothing
        case .start: throw WireError("a second start")
        case .piece(let id, _), .room(let id, _), .close(let id, _), .outcome(let id, _): return try entry(id).map { .object($0, frame) } ?? .nothing
        case .called(let id, let answer): return try entry(id).map { .called($0, answer) } ?? .nothing
        case .ready, .answer, .failure, .subscribe, .page, .pong, .call, .trace, .object: throw WireError("a frame that only a process sends")
        }
    }

    mutating func insert(_ entry: Entry, _ id: StreamID) { entries[id] = entry }

    /// An invocation is over; true if the process now ends, because it was the last before a drain.
    mutating func remove(_ id: StreamID) -> Bool {
        entries[id] = nil
        return draining && entries.isEmpty
    }

    /// Nil for a stream that is over: what the gateway sent before it knew is of no use.
    private func entry(_ id: StreamID) throws(WireError) -> Entry? {
        guard id <= newest else { throw WireError("a frame for the stream \(id), which has not begun") }
        return entries[id]
    }
}
