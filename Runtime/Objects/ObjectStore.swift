public import Kernel
import Reactor
public import Tokens

/// Objects of all tenants: sealed with their keys, in a folder or in a bucket.
public final class ObjectStore: Sendable {
    private let storage: any ObjectStorage
    private let time: TimeSource
    /// Where bytes are sealed and opened, which takes longer than a loop may wait.
    private let pool = BlockingPool(threads: 2, name: "sealing")

    public init(_ storage: any ObjectStorage, time: TimeSource = .system) {
        self.storage = storage
        self.time = time
    }

    /// Makes the place ready. Throws where it cannot be used.
    public func prepare() async throws(AppError) { try await storage.prepare() }

    /// Begins an object, sealed with the first of the keys.
    public func put(_ place: ObjectPlace, keys: SecretRing) async throws(AppError) -> ObjectWriting {
        let sealer = try ObjectSealer(place, keys: keys, salt: SecureRandom.bytes(32))
        return ObjectWriting(sealer, try await storage.begin(place), pool: pool, time: time)
    }

    /// Opens an object, for a range of its bytes that may go beyond its end. Throws `NOT_FOUND` where there is none, `INTERNAL_ERROR` where it was damaged.
    public func get(_ place: ObjectPlace, keys: SecretRing, from: Int = 0, count: Int = .max) async throws(AppError) -> ObjectReading {
        let object = try await storage.open(place, tail: SealedLayout.footer)
        let (footer, cipher) = try ObjectFooter.open(object.tail, of: place, keys: keys)
        guard SealedLayout.sealed(footer.size) == object.length else { throw ObjectFooter.damaged(place, "it has \(object.length) bytes") }
        let start = min(max(from, 0), footer.size)
        let end = count > footer.size - start ? footer.size : start + max(count, 0)
        return ObjectReading(object, cipher, footer.record(place.name), start..<end, readSize: storage.readSize, pool: pool)
    }

    /// What an object is. Throws as ``get(_:keys:from:count:)``.
    public func info(_ place: ObjectPlace, keys: SecretRing) async throws(AppError) -> ObjectRecord {
        try await get(place, keys: keys, count: 0).record
    }

    /// That there is none is no failure.
    public func delete(_ place: ObjectPlace) async throws(AppError) { try await storage.delete(place) }

    /// Names and sizes of a tenant's handler, in the order of their bytes, behind `after`; and whether there are more.
    public func list(
        _ tenant: TenantID, _ handler: String, prefix: String = "", after: String = "", limit: Int = 1000
    ) async throws(AppError) -> (objects: [(name: String, size: Int)], more: Bool) {
        guard ObjectPlace.isPrefix(prefix), ObjectPlace.isPrefix(after) else { throw ObjectPlace.noName }
        let found = try await storage.list(tenant, handler, prefix: prefix, after: after, limit: limit)
        return (found.objects.map { ($0.name, SealedLayout.size(ofSealed: $0.length) ?? 0) }, found.more)
    }

    /// One object of the bytes of others, which stay.
    ///
    /// `goesOn` is asked now and then, `mayCommit` before it is there; what that throws leaves nothing.
    public func join(
        _ parts: [ObjectPlace], as place: ObjectPlace, keys: SecretRing, goesOn: () -> Bool = { true },
        mayCommit: () async throws(AppError) -> Void = {}
    ) async throws(AppError) -> ObjectRecord {
        let writing = try await put(place, keys: keys)
        do throws(AppError) {
            for part in parts {
                let reading = try await get(part, keys: keys)
                while let bytes = try await reading.next() {
                    guard goesOn() else { throw AppError(.cancelled) }
                    try await writing.append(bytes)
                }
            }
            try await mayCommit()
            return try await writing.finish()
        } catch {
            await writing.abort()
            throw error
        }
    }

    /// All that a tenant has. What its keys sealed elsewhere, such as in a copy of a bucket, cannot be read again once they are destroyed.
    public func removeAll(of tenant: TenantID) async throws(AppError) { try await storage.removeAll(of: tenant) }
}

extension BlockingPool {
    /// Runs a body that throws one kind of error.
    func work<T: Sendable>(_ body: @escaping @Sendable () throws(AppError) -> T) async throws(AppError) -> T {
        do {
            return try await run { try body() }
        } catch let error as AppError {
            throw error
        } catch { throw AppError(.internalError, detail: "\(error)") }
    }
}
