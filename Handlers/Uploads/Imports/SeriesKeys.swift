/// Finds the series of a row by the bytes of the columns that name it. A row like the one before costs a comparison.
struct SeriesKeys: Sendable {
    private var key: [UInt8] = []
    private var last: [UInt8] = []
    private var bases: [[UInt8]: Int] = [:]
    private var numbers: [Int32] = []
    private var base = -1

    /// A row begins.
    mutating func begin() { key.removeAll(keepingCapacity: true) }

    /// Another column of it. The length goes in front, so that no two rows are taken for each other.
    mutating func append(_ bytes: [UInt8]) {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: bytes.count)) { key.append(contentsOf: $0) }
        key.append(contentsOf: bytes)
    }

    /// The row's columns are complete; `width` is how many series a row has.
    mutating func find(width: Int) {
        if base >= 0, key == last { return }
        if let known = bases[key] {
            base = known
        } else {
            base = numbers.count
            bases[key] = base
            numbers.append(contentsOf: repeatElement(0, count: width))
        }
        last = key
    }

    /// The row is refused: what it alone has brought is not kept, or a hostile file would fill the memory.
    mutating func forget() {
        guard numbers[base...].allSatisfy({ $0 == 0 }), bases.removeValue(forKey: key) != nil else { return }
        numbers.removeSubrange(base...)
        base = -1
    }

    /// The number of the row's series at a place; 0 where it has none yet.
    @inline(__always)
    func number(_ place: Int) -> Int32 { numbers[base + place] }

    mutating func set(_ place: Int, to number: Int32) { numbers[base + place] = number }
}
