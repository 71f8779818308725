/// One header line of a request or an answer; names are lower case.
public struct HeaderField: Sendable, Hashable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    init(from reader: inout ByteReader) throws(WireError) {
        name = try reader.text()
        value = try reader.text()
    }

    func write(to writer: inout ByteWriter) {
        writer.put(name)
        writer.put(value)
    }
}
