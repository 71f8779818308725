/// Status, headers and the first bytes of an answer.
public struct AnswerHead: Sendable, Hashable {
    /// The HTTP status.
    public var status: UInt16
    public var headers: [HeaderField]
    /// All of the body where `receipt` is there; else what comes first of it.
    public var body: [UInt8]
    /// What the invocation used; nil where chunks and an `end` follow.
    public var receipt: Receipt?

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
    /// Rows that the database returned or changed.
    public var rows: UInt32

    /// Nothing used.
    public static let none = Receipt(handlerMicroseconds: 0, databaseMicroseconds: 0, rows: 0)

    public init(handlerMicroseconds: UInt32, databaseMicroseconds: UInt32, rows: UInt32) {
        self.handlerMicroseconds = handlerMicroseconds
        self.databaseMicroseconds = databaseMicroseconds
        self.rows = rows
    }

    init(from reader: inout ByteReader) throws(WireError) {
        handlerMicroseconds = try reader.number()
        databaseMicroseconds = try reader.number()
        rows = try reader.number()
    }

    func write(to writer: inout ByteWriter) {
        writer.put(handlerMicroseconds)
        writer.put(databaseMicroseconds)
        writer.put(rows)
    }
}
