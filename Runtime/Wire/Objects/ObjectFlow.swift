/// Bytes of an object: to the gateway of one that is put, to the process of one that is read. Under the same credit as bodies, for each request.
public struct ObjectPiece: Sendable, Hashable {
    /// That of the request.
    public var number: UInt32
    /// At most ``Frame/maximumChunk``.
    public var bytes: [UInt8]

    public init(number: UInt32, bytes: [UInt8]) {
        self.number = number
        self.bytes = bytes
    }

    init(from reader: inout ByteReader) throws(WireError) {
        number = try reader.number()
        bytes = try reader.rest()
    }

    func write(to writer: inout ByteWriter) {
        writer.put(number)
        writer.putRaw(bytes)
    }
}

/// That many more bytes may be sent for a request.
public struct ObjectRoom: Sendable, Hashable {
    public var number: UInt32
    public var credit: UInt32

    public init(number: UInt32, credit: UInt32) {
        self.number = number
        self.credit = credit
    }

    init(from reader: inout ByteReader) throws(WireError) {
        number = try reader.number()
        credit = try reader.number()
    }

    func write(to writer: inout ByteWriter) {
        writer.put(number)
        writer.put(credit)
    }
}

/// No more pieces follow. From a process `isWhole` says whether the object is complete, or given up; a reader that wants no more says it with false.
public struct ObjectClose: Sendable, Hashable {
    public var number: UInt32
    public var isWhole: Bool

    public init(number: UInt32, isWhole: Bool) {
        self.number = number
        self.isWhole = isWhole
    }

    init(from reader: inout ByteReader) throws(WireError) {
        number = try reader.number()
        isWhole = try reader.flag()
    }

    func write(to writer: inout ByteWriter) {
        writer.put(number)
        writer.put(isWhole)
    }
}
