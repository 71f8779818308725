public import Kernel

/// What became of a request about objects. Of a `get` it comes in front of the pieces, and a second one where they break off.
public struct ObjectOutcome: Sendable, Hashable {
    /// What the gateway found or did.
    public enum Result: Sendable, Hashable {
        /// The object, as it was put or is read.
        case stored(StoredObject)
        /// Names and sizes; `more`: there are others behind the last.
        case list(objects: [ListedObject], more: Bool)
        /// It is done, and there is nothing to say of it.
        case done
        case failed(ObjectFailure)
    }

    /// That of the request.
    public var number: UInt32
    public var result: Result

    public init(number: UInt32, result: Result) {
        self.number = number
        self.result = result
    }

    init(from reader: inout ByteReader) throws(WireError) {
        number = try reader.number()
        switch try reader.number(UInt8.self) {
        case 0: result = .stored(try StoredObject(from: &reader))
        case 1:
            let objects = try reader.items { reader throws(WireError) in ListedObject(name: try reader.text(), size: try reader.number()) }
            result = .list(objects: objects, more: try reader.flag())
        case 2: result = .done
        case 3: result = .failed(try ObjectFailure(from: &reader))
        case let other: throw WireError("the unknown outcome \(other) of a request about objects")
        }
    }

    func write(to writer: inout ByteWriter) {
        writer.put(number)
        switch result {
        case .stored(let object):
            writer.put(UInt8(0))
            object.write(to: &writer)
        case .list(let objects, let more):
            writer.put(UInt8(1))
            writer.put(objects) { writer, object in
                writer.put(object.name)
                writer.put(object.size)
            }
            writer.put(more)
        case .done: writer.put(UInt8(2))
        case .failed(let failure):
            writer.put(UInt8(3))
            failure.write(to: &writer)
        }
    }
}

/// One object, whole.
public struct StoredObject: Sendable, Hashable {
    public var name: String
    /// In bytes.
    public var size: UInt64
    /// 32 bytes, of all of it.
    public var sha256: [UInt8]
    /// Another one each time that it is put, whatever its bytes.
    public var etag: String
    /// When it was put, in microseconds since 1970.
    public var made: UInt64

    public init(name: String, size: UInt64, sha256: [UInt8], etag: String, made: UInt64) {
        self.name = name
        self.size = size
        self.sha256 = sha256
        self.etag = etag
        self.made = made
    }

    init(from reader: inout ByteReader) throws(WireError) {
        name = try reader.text()
        size = try reader.number()
        sha256 = try reader.blob()
        etag = try reader.text()
        made = try reader.number()
    }

    func write(to writer: inout ByteWriter) {
        writer.put(name)
        writer.put(size)
        writer.put(sha256)
        writer.put(etag)
        writer.put(made)
    }
}

/// An object's line in a list.
public struct ListedObject: Sendable, Hashable {
    public var name: String
    /// In bytes.
    public var size: UInt64

    public init(name: String, size: UInt64) {
        self.name = name
        self.size = size
    }
}

/// Why something about an object could not be done, in words that a caller may read.
public struct ObjectFailure: Sendable, Hashable {
    /// The name of an ``ErrorCode``.
    public var code: String
    public var message: String
    /// 0 where waiting does not help.
    public var retryAfterMilliseconds: UInt32

    /// The failure that carries an error; its private detail stays behind.
    public init(_ error: AppError) {
        code = error.code.name
        message = error.issues.isEmpty ? error.message : error.issues.map { "\($0.field): \($0.issue)" }.joined(separator: "; ")
        retryAfterMilliseconds = UInt32(clamping: error.retryAfter?.milliseconds ?? 0)
    }

    /// The error as the handler's code meets it; an unknown code counts as an internal error.
    public var error: AppError {
        AppError(
            ErrorCode(named: code) ?? .internalError, message,
            retryAfter: retryAfterMilliseconds == 0 ? nil : .milliseconds(Int64(retryAfterMilliseconds)))
    }

    init(from reader: inout ByteReader) throws(WireError) {
        code = try reader.text()
        message = try reader.text()
        retryAfterMilliseconds = try reader.number()
    }

    func write(to writer: inout ByteWriter) {
        writer.put(code)
        writer.put(message)
        writer.put(retryAfterMilliseconds)
    }
}
