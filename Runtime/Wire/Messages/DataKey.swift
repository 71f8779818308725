internal import Kernel

/// One version of the key that seals what is a tenant's, made for one handler. A secret.
public struct DataKey: Sendable, Hashable {
    /// From 1; a later version has a higher number.
    public var version: UInt32
    /// 32 bytes.
    public var key: [UInt8]

    public init(version: UInt32, key: [UInt8]) {
        self.version = version
        self.key = key
    }

    init(from reader: inout ByteReader) throws(WireError) {
        version = try reader.number()
        key = try reader.blob()
        guard key.count == 32 else { throw WireError("a data key of \(key.count) bytes, expected 32") }
    }

    func write(to writer: inout ByteWriter) {
        writer.put(version)
        writer.put(key)
    }
}

extension DataKey: CustomStringConvertible, CustomDebugStringConvertible {
    /// The version, never the key.
    public var description: String { "DataKey(\(version))" }
    public var debugDescription: String { description }
}

/// The answer to a call of ``NestedCall/keysMethod``, in JSON.
public struct NamedDataKeys: Sendable, Hashable, Codable {
    private struct Named: Sendable, Hashable, Codable {
        var version: UInt32
        /// Hexadecimal digits.
        var key: String
    }

    private let keys: [Named]

    enum CodingKeys: String, CodingKey { case keys = "data_keys" }

    public init(_ keys: [DataKey]) { self.keys = keys.map { Named(version: $0.version, key: Hex.encode($0.key)) } }

    /// The keys, the one that seals first; those that are none are left out.
    public var dataKeys: [DataKey] {
        keys.compactMap { named in
            guard let key = Hex.decode(named.key), key.count == 32 else { return nil }
            return DataKey(version: named.version, key: key)
        }
    }
}
