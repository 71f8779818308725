/// Status, headers and the first bytes of an answer.
public struct AnswerHead: Sendable, Hashable {
    /// The HTTP status.
    public var status: UInt16
    public var headers: [HeaderField]
    /// All of the body where `receipt` is there; else what comes first of it.
    public var body: [UInt8]
    /// What the invocation used; nil where chunks and an `end` follow.
    public var receipt: Receipt?

    /// Marks a streamed answer that the gateway gathers before its client gets any of it. Clients never see it.
    public static let spooled = HeaderField(name: "tenantry-spooled", value: "1")

    /// Marks an answer behind which jobs may wait that the invocation has made: its last header line. Clients never see it.
    public static let enqueued = HeaderField(name: "tenantry-enqueued", value: "1")

    public init(status: UInt16, headers: [HeaderField], body: [UInt8], receipt: Receipt?) {
        self.status = status
        self.headers = headers
        self.body = body
        self.receipt = receipt
    }

    init(from reader: inout ByteReader) throws(WireError) {
        status = try reader.number()
        headers = try reader.items { reader throws(WireError) in try HeaderField(from: &reader) }
        receipt = try reader.flag() ? try Receipt(from: &reader) : nil
        body = try reader.rest()
    }

    func write(to writer: inout ByteWriter) {
        writer.put(status)
        writer.put(headers) { writer, header in header.write(to: &writer) }
        writer.put(receipt != nil)
        receipt?.write(to: &writer)
        writer.putRaw(body)
    }
}

/// What one invocation used, as its process measured it.
public struct Receipt: Sendable, Hashable {
    /// From the first byte of the invocation to the last of the answer, in microseconds.
    public var handlerMicroseconds: UInt32
    /// Of that, waiting for the database, in microseconds.
    public var databaseMicroseconds: UInt32
    /// Time on a processor in the handler's process, in microseconds.
    public var cpuMicroseconds: UInt32
    /// Rows that the database returned or changed.
    public var rows: UInt32
    /// Bytes of values that the database returned.
    public var databaseBytes: UInt64

    /// Nothing used.
    public static let none = Receipt(handlerMicroseconds: 0, databaseMicroseconds: 0, cpuMicroseconds: 0, rows: 0, databaseBytes: 0)

    public init(handlerMicroseconds: UInt32, databaseMicroseconds: UInt32, cpuMicroseconds: UInt32, rows: UInt32, databaseBytes: UInt64) {
        self.handlerMicroseconds = handlerMicroseconds
        self.databaseMicroseconds = databaseMicroseconds
        self.cpuMicroseconds = cpuMicroseconds
        self.rows = rows
        self.databaseBytes = databaseBytes
    }

    init(from reader: inout ByteReader) throws(WireError) {
        handlerMicroseconds = try reader.number()
        databaseMicroseconds = try reader.number()
        cpuMicroseconds = try reader.number()
        rows = try reader.number()
        databaseBytes = try reader.number()
    }

    func write(to writer: inout ByteWriter) {
        writer.put(handlerMicroseconds)
        writer.put(databaseMicroseconds)
        writer.put(cpuMicroseconds)
        writer.put(rows)
        writer.put(databaseBytes)
    }
}
