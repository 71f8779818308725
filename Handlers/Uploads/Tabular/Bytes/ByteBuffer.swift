/// Bytes that wait to be read, in one piece, with 64 readable zeros behind them so that a scan may load past the end.
struct ByteBuffer: ~Copyable, @unchecked Sendable {
    static let slack = 64
    private var memory: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// Where the unread bytes begin.
    private(set) var start = 0
    /// Where they end.
    private(set) var end = 0

    init(capacity: Int) {
        self.capacity = capacity
        memory = .allocate(capacity: capacity + Self.slack)
        memory.initialize(repeating: 0, count: capacity + Self.slack)
    }

    deinit { memory.deallocate() }

    var count: Int { end - start }

    /// The first byte of the memory; valid until the next change.
    var base: UnsafePointer<UInt8> { UnsafePointer(memory) }

    /// Forgets the bytes before a position.
    mutating func consume(upTo position: Int) { start = position }

    /// Puts bytes behind those that wait. Moves what waits to the front first, and grows where there is no room.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        let waiting = count
        if start > 0 {
            memory.update(from: memory + start, count: waiting)
            start = 0
            end = waiting
        }
        if waiting + bytes.count > capacity { grow(to: max(capacity * 2, waiting + bytes.count)) }
        if let source = bytes.baseAddress {
            UnsafeMutableRawPointer(memory + end).copyMemory(from: source, byteCount: bytes.count)
            end += bytes.count
        }
        (memory + end).update(repeating: 0, count: Self.slack)
    }

    /// Puts a few bytes behind those that wait.
    mutating func append(text: [UInt8]) { text.withUnsafeBytes { append($0) } }

    /// The memory, to be changed in place; valid until the next change of size.
    var mutableBase: UnsafeMutablePointer<UInt8> { memory }

    private mutating func grow(to size: Int) {
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: size + Self.slack)
        larger.initialize(repeating: 0, count: size + Self.slack)
        larger.update(from: memory, count: end)
        memory.deallocate()
        memory = larger
        capacity = size
    }
}
