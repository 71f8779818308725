import Wire

/// One object, whole.
public struct ObjectInfo: Sendable, Hashable {
    /// As the handler called it.
    public let name: String
    /// In bytes.
    public let size: Int
    /// 64 hexadecimal digits, of all of its bytes.
    public let sha256: String
    /// Another one each time that it is put, whatever its bytes.
    public let etag: String
    /// When it was put.
    public let madeAt: Timestamp

    /// For tests of what takes one.
    public init(name: String, size: Int, sha256: String, etag: String, madeAt: Timestamp) {
        self.name = name
        self.size = size
        self.sha256 = sha256
        self.etag = etag
        self.madeAt = madeAt
    }

    init(_ object: StoredObject) {
        name = object.name
        size = Int(clamping: object.size)
        sha256 = Hex.encode(object.sha256)
        etag = object.etag
        madeAt = Timestamp(microseconds: Int64(clamping: object.made))
    }

    /// Throws `INTERNAL_ERROR` where the gateway answered something else.
    init(_ result: ObjectOutcome.Result) throws(AppError) {
        guard case .stored(let object) = result else { throw Self.unexpected }
        self.init(object)
    }

    static let unexpected = AppError(.internalError, detail: "the gateway answered a request about an object with something else")
}

/// Names of objects, in the order of their bytes.
public struct ObjectList: Sendable, Hashable {
    /// A name and its size in bytes.
    public struct Entry: Sendable, Hashable {
        /// As the handler called it.
        public let name: String
        /// In bytes.
        public let size: Int
    }

    /// Those of one page.
    public let objects: [Entry]
    /// Whether there are others behind the last.
    public let hasMore: Bool
}
