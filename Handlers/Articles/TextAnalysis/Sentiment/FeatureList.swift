/// Features of one text: places in the tables of weights, and values. Its storage is used again for the next text.
struct FeatureList {
    /// Places of hashed features are below this; a power of two.
    static let hashed = 1 << 18

    private(set) var places: [UInt32] = []
    private(set) var values: [Float] = []
    private var begin = 0

    mutating func removeAll() {
        places.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        begin = 0
    }

    /// A feature that is there or not; its value is set by ``endGroup(weight:)``.
    @inline(__always) mutating func add(_ hash: UInt32) {
        places.append(hash & UInt32(Self.hashed - 1))
        values.append(1)
    }

    @inline(__always) mutating func add(_ hash: UInt32, value: Float) {
        places.append(hash & UInt32(Self.hashed - 1))
        values.append(value)
    }

    /// Features since the last group share a length of `weight`, so that a long text does not outweigh a short one by its words alone.
    mutating func endGroup(weight: Float) {
        let count = places.count - begin
        let value = count > 0 ? weight / Float(count).squareRoot() : 0
        for at in begin..<places.count { values[at] *= value }
        begin = places.count
    }

    /// Values since the last group stay as they are.
    mutating func endValues() { begin = places.count }
}
