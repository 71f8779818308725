public import Kernel

/// A one-dimensional Postgres array in its binary form, grown in place: one buffer, whatever the number of elements.
///
/// The layout is that of `array_send` (PostgreSQL, src/backend/utils/adt/arrayfuncs.c). All elements are of the type it was made for;
/// adding another kind traps, as it would be a mistake in the program.
public struct BinaryArray: Sendable {
    /// The type of the elements.
    public enum Element: UInt32, Sendable {
        case int32 = 23, int64 = 20, float8 = 701, text = 25, uuid = 2950, timestamp = 1184, date = 1082, bool = 16, json = 3802
    }

    private static let headerSize = 20
    /// Elements so far, nulls included.
    public private(set) var count = 0
    let element: Element
    private var hasNull = false
    private var payload: [UInt8] = []

    /// An empty array of a type, with room for that many elements.
    public init(of element: Element, capacity: Int = 0) {
        self.element = element
        let width = element == .uuid ? 20 : element == .int32 || element == .date ? 8 : 12
        payload.reserveCapacity(Self.headerSize + capacity * width)
        payload.append(contentsOf: repeatElement(0, count: Self.headerSize))
    }

    /// An array of a type with an element appended for each value.
    init<Value>(of element: Element, _ values: [Value], _ append: (inout BinaryArray, Value) -> Void) {
        self.init(of: element, capacity: values.count)
        for value in values { append(&self, value) }
    }

    /// Bytes that it keeps in memory, about.
    public var byteCount: Int { payload.count }

    /// Bytes on the wire.
    var size: Int { count == 0 ? 12 : payload.count }

    /// Appends an int4.
    public mutating func append(_ value: Int32) { fixed(.int32, UInt32(bitPattern: value)) }
    /// Appends an int8.
    public mutating func append(_ value: Int64) { fixed(.int64, UInt64(bitPattern: value)) }
    /// Appends a float8.
    public mutating func append(_ value: Double) { fixed(.float8, value.bitPattern) }
    /// Appends a timestamptz.
    public mutating func append(_ value: Timestamp) { fixed(.timestamp, UInt64(bitPattern: value.postgresMicroseconds)) }
    /// Appends a date.
    public mutating func append(_ value: CalendarDate) { fixed(.date, UInt32(bitPattern: value.postgresDays)) }

    /// Appends a bool.
    public mutating func append(_ value: Bool) {
        length(1, .bool)
        payload.append(value ? 1 : 0)
    }

    /// Appends a uuid.
    public mutating func append(_ value: UUID) {
        length(16, .uuid)
        put(value.high)
        put(value.low)
    }

    /// Appends a text.
    public mutating func append(_ value: String) { append(utf8: value.utf8) }

    /// Appends a text given as UTF-8, for example a slice of a file; no String is made.
    public mutating func append(utf8 bytes: some Collection<UInt8>) {
        length(bytes.count, .text)
        payload.append(contentsOf: bytes)
    }

    /// Appends a `jsonb` given as UTF-8.
    public mutating func append(json bytes: some Collection<UInt8>) {
        length(bytes.count + 1, .json)
        payload.append(1)
        payload.append(contentsOf: bytes)
    }

    /// Appends an element without a value.
    public mutating func appendNull() {
        count += 1
        hasNull = true
        put(UInt32.max)
    }

    private mutating func fixed(_ type: Element, _ value: UInt64) {
        added(type)
        // Length and value in one go: this is the path of every cell of an upload.
        let words = (UInt32(8).bigEndian, UInt32(truncatingIfNeeded: value >> 32).bigEndian, UInt32(truncatingIfNeeded: value).bigEndian)
        withUnsafeBytes(of: words) { payload.append(contentsOf: $0) }
    }

    private mutating func fixed(_ type: Element, _ value: UInt32) {
        added(type)
        withUnsafeBytes(of: (UInt32(4).bigEndian, value.bigEndian)) { payload.append(contentsOf: $0) }
    }

    private mutating func length(_ bytes: Int, _ type: Element) {
        added(type)
        put(UInt32(bytes))
    }

    private mutating func added(_ type: Element) {
        precondition(type == element, "an array of \(element) was given a \(type)")
        count += 1
    }

    private mutating func put(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { payload.append(contentsOf: $0) }
    }

    /// Writes the wire form, `size` bytes.
    func write(to target: UnsafeMutableRawPointer) {
        payload.withUnsafeBytes { target.copyMemory(from: $0.baseAddress!, byteCount: size) }
        let header: (UInt32, UInt32, UInt32, UInt32, UInt32) = (count == 0 ? 0 : 1, hasNull ? 1 : 0, element.rawValue, UInt32(count), 1)
        target.storeBytes(of: header.0.bigEndian, toByteOffset: 0, as: UInt32.self)
        target.storeBytes(of: header.1.bigEndian, toByteOffset: 4, as: UInt32.self)
        target.storeBytes(of: header.2.bigEndian, toByteOffset: 8, as: UInt32.self)
        guard count > 0 else { return }
        target.storeBytes(of: header.3.bigEndian, toByteOffset: 12, as: UInt32.self)
        target.storeBytes(of: header.4.bigEndian, toByteOffset: 16, as: UInt32.self)
    }
}
