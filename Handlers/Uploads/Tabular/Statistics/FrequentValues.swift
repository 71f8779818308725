/// A value and how often it was seen.
public struct ValueCount: Sendable, Hashable, Codable {
    /// The value; cut behind 64 bytes, with `…`.
    public let value: String
    /// How often it was seen; where there are many different values, at most that often.
    public let count: Int
    /// How often it was seen for sure.
    public let atLeast: Int

    enum CodingKeys: String, CodingKey {
        case value, count
        case atLeast = "at_least"
    }
}

/// The most frequent values in little memory: exact while there are at most `capacity` different ones. Mergeable.
///
/// Metwally, Agrawal, El Abbadi (2005), "Efficient computation of frequent and top-k elements in data streams" (Space-Saving): a new value takes the
/// place of the rarest one and its count, as an error. What makes up more than 1 / capacity of all values is among them. Values that come once or twice
/// are kept off by counters that they share (Homem, Carvalho 2010, "Finding top-k elements in data streams"), so that columns of different values cost
/// little.
public struct FrequentValues: Sendable {
    private struct Slot {
        var hash: UInt64
        var count: Int
        var error: Int
        var length: UInt8
        /// Where it stands in the heap.
        var place: Int32
    }

    private static let longest = 64
    /// How many values are held.
    public let capacity: Int
    /// Whether every count is exact: no value had to give way.
    public private(set) var isExact = true
    private var slots: [Slot] = []
    private var texts: [UInt8] = []
    /// Slots by hash, plus one; 0 is free.
    private var table: [UInt16] = [UInt16](repeating: 0, count: 16)
    /// Slots, the rarest first; made when all are taken.
    private var heap: [Int32] = []
    /// How often values that are not held were seen at most, by their hash; made with the heap.
    private var shared: [UInt32] = []

    /// - Parameter capacity: 1…16,384; defaults to 512, about 64 KiB.
    public init(capacity: Int = 512) { self.capacity = min(max(capacity, 1), 16_384) }

    /// How many values are held now.
    public var held: Int { slots.count }

    @inline(__always)
    mutating func add(_ hash: UInt64, _ bytes: UnsafePointer<UInt8>, _ count: Int) { add(hash, bytes, count, times: 1, error: 0) }

    @inline(__always)
    private mutating func add(_ hash: UInt64, _ bytes: UnsafePointer<UInt8>, _ count: Int, times: Int, error: Int) {
        if let slot = find(hash) {
            slots[slot].count += times
            slots[slot].error += error
            if !heap.isEmpty { sink(Int(slots[slot].place)) }
            return
        }
        if slots.count < capacity { take(hash, bytes, count, times, error) } else { replace(hash, bytes, count, times, error) }
    }

    @inline(__always)
    private func find(_ hash: UInt64) -> Int? {
        let mask = table.count - 1
        var index = Int(truncatingIfNeeded: hash >> 20) & mask
        while table[index] != 0 {
            let slot = Int(table[index]) - 1
            if slots[slot].hash == hash { return slot }
            index = (index + 1) & mask
        }
        return nil
    }

    private mutating func take(_ hash: UInt64, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ times: Int, _ error: Int) {
        let slot = slots.count
        slots.append(Slot(hash: hash, count: times, error: error, length: 0, place: Int32(slot)))
        texts.append(contentsOf: repeatElement(0, count: Self.longest))
        keep(slot, bytes, count)
        if slots.count * 2 > table.count { rebuild(table.count * 2) } else { link(slot) }
    }

    private mutating func keep(_ slot: Int, _ bytes: UnsafePointer<UInt8>, _ count: Int) {
        let kept = min(count, Self.longest)
        for index in 0..<kept { texts[slot * Self.longest + index] = bytes[index] }
        slots[slot].length = UInt8(truncatingIfNeeded: count > Self.longest ? 255 : count)
    }

    @inline(__always)
    private mutating func replace(_ hash: UInt64, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ times: Int, _ error: Int) {
        if heap.isEmpty { heapify() }
        isExact = false
        let share = Int(truncatingIfNeeded: hash >> 40) & (shared.count - 1)
        let before = Int(shared[share])
        if before + times < slots[Int(heap[0])].count, error == 0 {
            shared[share] = UInt32(truncatingIfNeeded: before + times)
        } else {
            evict(for: hash, bytes, count, times: before + times, error: before + error)
        }
    }

    private mutating func evict(for hash: UInt64, _ bytes: UnsafePointer<UInt8>, _ count: Int, times: Int, error: Int) {
        let slot = Int(heap[0])
        unlink(slot)
        let share = Int(truncatingIfNeeded: slots[slot].hash >> 40) & (shared.count - 1)
        shared[share] = max(shared[share], UInt32(clamping: slots[slot].count))
        slots[slot].hash = hash
        slots[slot].error = error
        slots[slot].count = times
        keep(slot, bytes, count)
        link(slot)
        sink(0)
    }

    // MARK: The table

    private mutating func link(_ slot: Int) {
        let mask = table.count - 1
        var index = Int(truncatingIfNeeded: slots[slot].hash >> 20) & mask
        while table[index] != 0 { index = (index + 1) & mask }
        table[index] = UInt16(slot + 1)
    }

    /// Takes a slot out and moves those behind it up, so that no search ends early (Knuth, TAOCP 6.4, algorithm R).
    private mutating func unlink(_ slot: Int) {
        let mask = table.count - 1
        var free = Int(truncatingIfNeeded: slots[slot].hash >> 20) & mask
        while Int(table[free]) - 1 != slot { free = (free + 1) & mask }
        var index = (free + 1) & mask
        while table[index] != 0 {
            let home = Int(truncatingIfNeeded: slots[Int(table[index]) - 1].hash >> 20) & mask
            if (index - home) & mask >= (index - free) & mask {
                table[free] = table[index]
                free = index
            }
            index = (index + 1) & mask
        }
        table[free] = 0
    }

    private mutating func rebuild(_ size: Int) {
        table = [UInt16](repeating: 0, count: size)
        for slot in slots.indices { link(slot) }
    }

    // MARK: The heap

    private mutating func heapify() {
        heap = slots.indices.sorted { slots[$0].count < slots[$1].count }.map { Int32($0) }
        for place in heap.indices { slots[Int(heap[place])].place = Int32(place) }
        var size = 64
        while size < capacity * 8 { size *= 2 }
        shared = [UInt32](repeating: 0, count: size)
    }

    /// Moves what stands at a place down until nothing below it is rarer.
    private mutating func sink(_ start: Int) {
        var place = start
        let slot = heap[place]
        let count = slots[Int(slot)].count
        while true {
            var child = 2 * place + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, slots[Int(heap[child + 1])].count < slots[Int(heap[child])].count { child += 1 }
            guard slots[Int(heap[child])].count < count else { break }
            heap[place] = heap[child]
            slots[Int(heap[place])].place = Int32(place)
            place = child
        }
        heap[place] = slot
        slots[Int(slot)].place = Int32(place)
    }

    // MARK: Answers

    /// The most frequent values, the most frequent first; equal ones by their bytes.
    ///
    /// - Parameter surely: how often a value must have been seen for sure.
    public func top(_ count: Int, surely: Int = 1) -> [ValueCount] {
        let chosen = slots.indices.filter { slots[$0].count - slots[$0].error >= surely }.map {
            ValueCount(value: text($0), count: slots[$0].count, atLeast: slots[$0].count - slots[$0].error)
        }
        return Array(chosen.sorted { ($1.count, $0.value) < ($0.count, $1.value) }.prefix(count))
    }

    private func text(_ slot: Int) -> String {
        let start = slot * Self.longest
        let length = slots[slot].length
        guard length == 255 else { return String(decoding: texts[start..<start + Int(length)], as: UTF8.self) }
        var end = start + Self.longest - 1
        while end > start, texts[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: texts[start..<end], as: UTF8.self) + "…"
    }

    /// Whether a hash is among the values held.
    func contains(_ hash: UInt64) -> Bool { find(hash) != nil }

    /// Adds what another one has seen.
    ///
    /// Agarwal and others (2012), "Mergeable summaries", section 3: what one of them does not hold, it may have seen as often as its rarest value.
    public mutating func merge(_ other: FrequentValues) {
        let mine = isExact ? 0 : slots.map(\.count).min() ?? 0
        let theirs = other.isExact ? 0 : other.slots.map(\.count).min() ?? 0
        var wide = FrequentValues(capacity: min(held + other.held, 16_384))
        for slot in slots.indices { wide.add(self, slot, more: other.contains(slots[slot].hash) ? 0 : theirs) }
        for slot in other.slots.indices { wide.add(other, slot, more: contains(other.slots[slot].hash) ? 0 : mine) }
        let order = wide.slots.indices.sorted { wide.slots[$0].count > wide.slots[$1].count }
        var merged = FrequentValues(capacity: capacity)
        for slot in order.prefix(capacity) { merged.add(wide, slot, more: 0) }
        merged.isExact = isExact && other.isExact && wide.held <= capacity
        if !merged.isExact {
            // What is held no longer was seen at most so often.
            let most = max(mine + theirs, order.dropFirst(capacity).first.map { wide.slots[$0].count } ?? 0)
            merged.heapify()
            merged.shared = [UInt32](repeating: UInt32(clamping: most), count: merged.shared.count)
        }
        self = merged
    }

    private mutating func add(_ other: FrequentValues, _ slot: Int, more: Int) {
        let (hash, count, error, length) = (other.slots[slot].hash, other.slots[slot].count, other.slots[slot].error, other.slots[slot].length)
        let start = slot * Self.longest
        other.texts.withUnsafeBufferPointer { texts in
            guard let base = texts.baseAddress else { return }
            add(hash, base + start, length == 255 ? Self.longest + 1 : Int(length), times: count + more, error: error + more)
        }
    }
}
