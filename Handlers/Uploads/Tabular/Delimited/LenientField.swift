/// Where one field of a record lies, without its quotes.
struct LenientField {
    enum Form: UInt8 {
        /// As it stands.
        case plain
        /// Was enclosed in quotes.
        case quoted
        /// Was enclosed in quotes and holds escaped bytes.
        case escaped
    }

    var start: UInt32
    var length: UInt32
    var form: Form
}

/// A record that was found.
struct LenientRecord {
    /// How many fields it has.
    var fields = 0
    /// Where the next one begins.
    var next = 0
    /// How many lines it spans.
    var lines = 1
    /// Quotes within quoted fields that are neither escaped nor followed by a delimiter.
    var strays = 0
    /// How many fields are quoted.
    var quoted = 0
    /// Whether a field was escaped, so that its text must be made.
    var isEscaped = false
    /// Whether a quoted field has no end; then only ``next`` and ``fields`` up to it mean something.
    var isUnclosed = false
}

/// Fields of one record, in memory that is used again for the next.
struct FieldList: ~Copyable, @unchecked Sendable {
    private(set) var memory: UnsafeMutablePointer<LenientField>
    private(set) var capacity = 256
    private(set) var count = 0

    init() { memory = .allocate(capacity: 256) }

    deinit { memory.deallocate() }

    @inline(__always)
    mutating func removeAll() { count = 0 }

    @inline(__always)
    mutating func append(_ start: Int, _ length: Int, _ form: LenientField.Form) {
        if count == capacity { grow() }
        (memory + count).initialize(
            to: LenientField(start: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: length), form: form))
        count += 1
    }

    @inline(__always)
    subscript(_ index: Int) -> LenientField { memory[index] }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<LenientField>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: memory, count: count)
        memory.deallocate()
        memory = larger
        capacity *= 2
    }
}
