import CPostgres
import Kernel

/// The binds of one statement in the form that libpq takes, in memory that is used again for the next.
struct ParameterBuffer: ~Copyable {
    /// Above this the memory is given back after use, so that one upload does not stay with an idle connection.
    private static let kept = 1 << 18

    private var memory = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 8)
    private var size = 4096
    private var used = 0
    private var slots = 16
    private var offsets = UnsafeMutablePointer<Int>.allocate(capacity: 16)
    private(set) var values = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: 16)
    private(set) var lengths = UnsafeMutablePointer<Int32>.allocate(capacity: 16)
    private(set) var formats = UnsafeMutablePointer<Int32>.allocate(capacity: 16)
    /// The type of each value; 0 for null, where the server decides.
    private(set) var types = UnsafeMutablePointer<UInt32>.allocate(capacity: 16)
    private(set) var count = 0

    init() {}

    deinit {
        memory.deallocate()
        freeSlots()
    }

    private func freeSlots() {
        offsets.deallocate()
        values.deallocate()
        lengths.deallocate()
        formats.deallocate()
        types.deallocate()
    }

    mutating func load(_ binds: [Bind]) {
        if size > Self.kept { resize(to: 4096) }
        if binds.count > slots { growSlots(to: binds.count) }
        used = 0
        count = binds.count
        for index in 0..<binds.count {
            offsets[index] = used
            types[index] = put(binds[index])
            lengths[index] = Int32(clamping: used - offsets[index])
        }
        for index in 0..<count {
            formats[index] = 1
            values[index] = types[index] == 0 ? nil : UnsafePointer((memory + offsets[index]).assumingMemoryBound(to: CChar.self))
        }
    }

    private mutating func put(_ bind: Bind) -> UInt32 {
        switch bind {
        case .null: return 0
        case .bool(let value):
            store(value ? 1 as UInt8 : 0)
            return 16
        case .int32(let value):
            store(UInt32(bitPattern: value))
            return 23
        case .int64(let value):
            store(UInt64(bitPattern: value))
            return 20
        case .float8(let value):
            store(value.bitPattern)
            return 701
        case .text(var value):
            value.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
            return 25
        case .textBytes(let value):
            value.withUnsafeBytes { copy($0) }
            return 25
        case .uuid(let value):
            store(value.high)
            store(value.low)
            return 2950
        case .timestamp(let value):
            store(UInt64(bitPattern: value.postgresMicroseconds))
            return 1184
        case .date(let value):
            store(UInt32(bitPattern: value.postgresDays))
            return 1082
        case .json(let value):
            store(1 as UInt8)
            value.withUnsafeBytes { copy($0) }
            return 3802
        case .bytes(let value):
            value.withUnsafeBytes { copy($0) }
            return 17
        case .array(let value):
            reserve(value.size)
            value.write(to: memory + used)
            used += value.size
            return value.element.arrayType
        }
    }

    private mutating func store(_ value: some FixedWidthInteger) {
        let width = value.bitWidth / 8
        reserve(width)
        withUnsafeBytes(of: value.bigEndian) { (memory + used).copyMemory(from: $0.baseAddress!, byteCount: width) }
        used += width
    }

    private mutating func copy(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        if let base = bytes.baseAddress { (memory + used).copyMemory(from: base, byteCount: bytes.count) }
        used += bytes.count
    }

    private mutating func reserve(_ bytes: Int) {
        guard used + bytes > size else { return }
        resize(to: max(used + bytes, size * 2))
    }

    private mutating func resize(to bytes: Int) {
        let larger = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 8)
        larger.copyMemory(from: memory, byteCount: min(used, bytes))
        memory.deallocate()
        memory = larger
        size = bytes
    }

    private mutating func growSlots(to count: Int) {
        freeSlots()
        slots = count
        offsets = .allocate(capacity: count)
        values = .allocate(capacity: count)
        lengths = .allocate(capacity: count)
        formats = .allocate(capacity: count)
        types = .allocate(capacity: count)
    }
}

extension BinaryArray.Element {
    /// The array type of the element type (PostgreSQL, src/include/catalog/pg_type.dat).
    var arrayType: UInt32 {
        switch self {
        case .bool: 1000
        case .int32: 1007
        case .int64: 1016
        case .text: 1009
        case .float8: 1022
        case .date: 1182
        case .timestamp: 1185
        case .uuid: 2951
        case .json: 3807
        }
    }
}
