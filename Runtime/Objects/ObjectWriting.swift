public import Kernel
import Reactor
import Synchronization
import Tokens

/// An object that is being put, by one task at a time. Ends with ``finish()`` or ``abort()``.
public final class ObjectWriting: Sendable {
    private let sealer: Mutex<ObjectSealer>
    private let upload: any ObjectUpload
    private let pool: BlockingPool
    private let time: TimeSource

    init(_ sealer: consuming ObjectSealer, _ upload: any ObjectUpload, pool: BlockingPool, time: TimeSource) {
        self.sealer = Mutex(sealer)
        self.upload = upload
        self.pool = pool
        self.time = time
    }

    /// Takes more bytes; returns when they are stored.
    public func append(_ bytes: [UInt8]) async throws(AppError) {
        let sealed = try await pool.work { [self] () throws(AppError) in
            try sealer.withLock { sealer throws(AppError) in try sealer.seal(bytes) }
        }
        if !sealed.isEmpty { try await upload.append(sealed) }
    }

    /// Behind it the object is there, as a whole.
    public func finish() async throws(AppError) -> ObjectRecord {
        let (sealed, record) = try await pool.work { [self, now = time.now()] () throws(AppError) in
            try sealer.withLock { sealer throws(AppError) in try sealer.finish(at: now) }
        }
        try await upload.append(sealed)
        try await upload.commit()
        return record
    }

    /// Nothing of it stays.
    public func abort() async { await upload.abort() }
}

/// The bytes of a range of an object, by one task at a time.
public final class ObjectReading: Sendable {
    /// The whole object.
    public let record: ObjectRecord
    /// What is read.
    public let range: Range<Int>
    private let object: any OpenedObject
    private let cipher: OpenedCipher
    private let position: Mutex<Int>
    private let readSize: Int
    private let pool: BlockingPool

    init(_ object: any OpenedObject, _ cipher: OpenedCipher, _ record: ObjectRecord, _ range: Range<Int>, readSize: Int, pool: BlockingPool) {
        self.object = object
        self.cipher = cipher
        self.record = record
        self.range = range
        self.readSize = readSize
        self.pool = pool
        position = Mutex(range.lowerBound)
    }

    /// The next bytes, checked; nil behind the last. Throws `INTERNAL_ERROR` where they were changed.
    public func next() async throws(AppError) -> [UInt8]? {
        let start = position.withLock { $0 }
        guard start < range.upperBound else { return nil }
        let first = start / SealedLayout.chunk
        let last = (range.upperBound - 1) / SealedLayout.chunk
        let numbers = first..<min(first + max(1, readSize / SealedLayout.sealedChunk), last + 1)
        let place = SealedLayout.place(of: numbers, in: record.size)
        let sealed = try await object.read(place.count, at: place.lowerBound)
        let plain = try await pool.work { [cipher, size = record.size] () throws(AppError) in try cipher.open(sealed, from: first, size: size) }
        let begin = start - first * SealedLayout.chunk
        let end = min(plain.count, range.upperBound - first * SealedLayout.chunk)
        position.withLock { $0 = first * SealedLayout.chunk + end }
        return begin == 0 && end == plain.count ? plain : Array(plain[begin..<end])
    }
}
