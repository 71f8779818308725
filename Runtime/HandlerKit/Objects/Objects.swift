import Wire

/// Bytes that are kept outside of the database: files of any length, by name.
///
/// ```swift
/// let info = try await invocation.objects.put("files/\(id)", invocation.body)
/// for try await piece in try await invocation.objects.get("files/\(id)") { … }
/// ```
///
/// The gateway does the work: it alone knows the folder or the bucket, and seals everything with a key of the tenant. Names are the tenant's and this
/// handler's own; another handler or tenant that uses the same name has another object. A name is 1 to 200 bytes of letters, digits, `.`, `_` and `-`,
/// in parts with `/` between, none of them empty, `.` or `..`.
///
/// An object is there whole or not at all, and replaces as a whole what had its name before. Nothing here belongs to a transaction: put an object
/// first and write its row behind it, delete the row first and the object behind it, and what a death in between leaves over is an object without a
/// row. Not inside an open transaction, which would hold its locks meanwhile. At most 16 objects at once. Invocations that use objects cannot be
/// replayed.
///
/// Errors: `VALIDATION_ERROR` for a name that is none, `FORBIDDEN` where the manifest does not say `objects: true` or there is no tenant, `NOT_FOUND`,
/// `UNAVAILABLE` where the place of objects does not answer, `STORAGE_FULL` where it takes no more, `INTERNAL_ERROR` where stored bytes were changed by
/// somebody else.
public struct Objects: Sendable {
    let exchange: Exchange

    /// Makes an object of what a closure writes; it is there when this returns. Where the closure throws there is none, and what had its name before stays.
    @discardableResult
    public func put(_ name: String, _ write: (ObjectWriter) async throws -> Void) async throws -> ObjectInfo {
        let writer = try await ObjectWriter.open(name, exchange)
        do {
            try await write(writer)
            return try await writer.close()
        } catch {
            await writer.giveUp()
            throw error
        }
    }

    /// Makes an object of pieces as they come, such as a request's body.
    @discardableResult
    public func put<Pieces: AsyncSequence>(_ name: String, _ pieces: Pieces) async throws -> ObjectInfo where Pieces.Element == [UInt8] {
        try await put(name) { writer in
            for try await piece in pieces { try await writer.write(piece) }
        }
    }

    /// Makes an object of bytes.
    @discardableResult
    public func put(_ name: String, bytes: [UInt8]) async throws -> ObjectInfo {
        try await put(name) { writer in try await writer.write(bytes) }
    }

    /// Opens an object; its bytes come as they are asked for, at most 256 KiB wait here. A range that goes beyond the end ends there.
    public func get(_ name: String, range: Range<Int>? = nil) async throws -> ObjectReader {
        let range = range ?? 0..<Int.max
        return try await ObjectReader.open(name, range, exchange)
    }

    /// All bytes of an object. Throws `PAYLOAD_TOO_LARGE` above the limit, in bytes.
    public func collect(_ name: String, limit: Int) async throws -> [UInt8] {
        let reader = try await get(name)
        guard reader.info.size <= limit else {
            await reader.close()
            throw AppError(.tooLarge, "The object is longer than \(limit) bytes")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(reader.info.size)
        for try await piece in reader { bytes += piece }
        return bytes
    }

    /// What an object is, without its bytes; nil where there is none.
    public func info(of name: String) async throws -> ObjectInfo? {
        do {
            return try ObjectInfo(try await exchange.object(.info(name)))
        } catch let error as AppError where error.code == .notFound { return nil }
    }

    /// Removes an object; that there is none is no failure.
    public func delete(_ name: String) async throws { _ = try await exchange.object(.delete(name)) }

    /// Names that begin with a text, in the order of their bytes, behind one of them; at most `limit`, 1 to 1000.
    public func list(prefix: String = "", after: String = "", limit: Int = 1000) async throws -> ObjectList {
        let limit = UInt16(clamping: min(max(limit, 1), ObjectRequest.longestList))
        guard case .list(let objects, let more) = try await exchange.object(.list(prefix: prefix, after: after, limit: limit)) else {
            throw ObjectInfo.unexpected
        }
        return ObjectList(objects: objects.map { .init(name: $0.name, size: Int(clamping: $0.size)) }, hasMore: more)
    }

    /// Makes an object of the bytes of others, in that order, inside the gateway; at most 10,000 of them, which stay.
    @discardableResult
    public func join(_ parts: [String], as name: String) async throws -> ObjectInfo {
        guard parts.count <= ObjectRequest.mostParts else {
            throw AppError(.internalError, detail: "\(parts.count) objects are to be joined, at most \(ObjectRequest.mostParts) can be")
        }
        return try ObjectInfo(try await exchange.object(.join(parts: parts, name: name)))
    }
}

extension Invocation {
    /// The tenant's objects of this handler. The manifest says `objects: true`.
    public var objects: Objects { Objects(exchange: exchange) }
}

extension SystemInvocation {
    /// The objects of the tenant that the call is for. The manifest says `objects: true`.
    public var objects: Objects { Objects(exchange: exchange) }
}
