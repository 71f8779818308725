/// A call of another handler's route: same tenant, same user, at most the caller's deadline.
public struct NestedCall: Sendable, Hashable {
    /// Numbers the calls of one stream, from 1.
    public var number: UInt32
    /// Upper case, for example `GET`.
    public var method: String
    /// With its parameters' values percent-encoded, without the prefix `/api/v1`, for example `/businesses/0199…`.
    public var path: String
    /// Without the question mark; empty where there is none.
    public var query: String
    /// JSON; empty where there is none.
    public var body: [UInt8]

    /// The method that asks the gateway itself for the data keys of the tenant whose id stands behind ``keysPath``; where the manifest allows that.
    public static let keysMethod = "KEYS"
    public static let keysPath = "/tenants/"

    /// The largest body of a call and of its answer, in bytes.
    public static let maximumBody = 512 << 10

    public init(number: UInt32, method: String, path: String, query: String = "", body: [UInt8] = []) {
        self.number = number
        self.method = method
        self.path = path
        self.query = query
        self.body = body
    }

    init(from reader: inout ByteReader) throws(WireError) {
        number = try reader.number()
        method = try reader.text()
        path = try reader.text()
        query = try reader.text()
        body = try reader.blob()
    }

    func write(to writer: inout ByteWriter) {
        writer.put(number)
        writer.put(method)
        writer.put(path)
        writer.put(query)
        writer.put(body)
    }
}

/// What the other handler answered, an error in its one shape included.
public struct NestedAnswer: Sendable, Hashable {
    /// That of the call.
    public var number: UInt32
    /// The HTTP status.
    public var status: UInt16
    public var body: [UInt8]

    public init(number: UInt32, status: UInt16, body: [UInt8]) {
        self.number = number
        self.status = status
        self.body = body
    }

    init(from reader: inout ByteReader) throws(WireError) {
        number = try reader.number()
        status = try reader.number()
        body = try reader.blob()
    }

    func write(to writer: inout ByteWriter) {
        writer.put(number)
        writer.put(status)
        writer.put(body)
    }
}
