/// What a process wants done with objects of its invocation's tenant. The gateway alone knows where they lie and what seals them.
public struct ObjectRequest: Sendable, Hashable {
    /// What is to be done.
    public enum Action: Sendable, Hashable {
        /// Pieces follow, and a `close`. The object is there as a whole behind its outcome, and not at all before.
        case put(String)
        /// That many bytes from an offset, fewer where the object ends before.
        case get(name: String, from: UInt64, count: UInt64)
        /// What it is, without its bytes.
        case info(String)
        /// That there is none is no failure.
        case delete(String)
        /// Names that begin so, behind one, in the order of their bytes.
        case list(prefix: String, after: String, limit: UInt16)
        /// One object of the bytes of others, in that order, which stay.
        case join(parts: [String], name: String)
    }

    /// Numbers what one stream asks for, from 1.
    public var number: UInt32
    public var action: Action

    /// How much of this one stream may have under way at once.
    public static let atOnce = 16
    /// The most parts that are joined at once.
    public static let mostParts = 10_000
    /// The most names of one list.
    public static let longestList = 1000

    public init(number: UInt32, action: Action) {
        self.number = number
        self.action = action
    }

    init(from reader: inout ByteReader) throws(WireError) {
        number = try reader.number()
        switch try reader.number(UInt8.self) {
        case 0: action = .put(try reader.text())
        case 1: action = .get(name: try reader.text(), from: try reader.number(), count: try reader.number())
        case 2: action = .info(try reader.text())
        case 3: action = .delete(try reader.text())
        case 4: action = .list(prefix: try reader.text(), after: try reader.text(), limit: try reader.number())
        case 5:
            let parts = try reader.items { reader throws(WireError) in try reader.text() }
            action = .join(parts: parts, name: try reader.text())
        case let other: throw WireError("the unknown request \(other) about objects")
        }
    }

    func write(to writer: inout ByteWriter) {
        writer.put(number)
        switch action {
        case .put(let name):
            writer.put(UInt8(0))
            writer.put(name)
        case .get(let name, let from, let count):
            writer.put(UInt8(1))
            writer.put(name)
            writer.put(from)
            writer.put(count)
        case .info(let name):
            writer.put(UInt8(2))
            writer.put(name)
        case .delete(let name):
            writer.put(UInt8(3))
            writer.put(name)
        case .list(let prefix, let after, let limit):
            writer.put(UInt8(4))
            writer.put(prefix)
            writer.put(after)
            writer.put(limit)
        case .join(let parts, let name):
            writer.put(UInt8(5))
            writer.put(parts) { writer, part in writer.put(part) }
            writer.put(name)
        }
    }
}
