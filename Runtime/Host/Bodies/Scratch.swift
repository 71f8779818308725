import Kernel
import NIOCore
import Reactor
import Synchronization
import Tokens

/// The folder in which bodies wait that are too large for memory, one folder for each tenant.
final class Scratch: Sendable {
    private let folder: String
    fileprivate let pool = BlockingPool(threads: 2, name: "scratch")
    private let quota: Mutex<SpoolQuota>

    init(folder: String, quota: SpoolQuota) {
        self.folder = folder
        self.quota = Mutex(quota)
    }

    /// Makes the folder, and removes what an earlier run may have left in it. Blocks.
    func prepare() throws(AppError) {
        try File.makeFolder(folder)
        for tenant in try File.names(in: folder) where File.isFolder("\(folder)/\(tenant)") {
            for name in try File.names(in: "\(folder)/\(tenant)") { try File.remove("\(folder)/\(tenant)/\(name)") }
        }
    }

    /// Removes a tenant's folder with all that lies in it, off the caller's thread.
    func forget(_ tenant: TenantID) async throws {
        try await pool.run { [folder] in
            let place = "\(folder)/\(tenant)"
            guard File.isFolder(place) else { return }
            for name in try File.names(in: place) { try File.remove("\(place)/\(name)") }
            try File.removeFolder(place)
        }
    }

    /// An empty body of a tenant.
    func begin(_ tenant: TenantID) -> SpoolWriter { SpoolWriter(self, tenant) }

    fileprivate func append(_ bytes: ByteBuffer, to file: SpoolFile?, of tenant: TenantID, charge: SpoolCharge) async throws(AppError) -> SpoolFile {
        try charge.add(bytes.readableBytes, quota)
        do {
            return try await pool.run { [folder] in
                let file = try file ?? SpoolFile(in: "\(folder)/\(tenant)") { charge.settle() }
                try bytes.withUnsafeReadableBytes { raw in try file.append(raw) }
                return file
            }
        } catch let error as AppError {
            throw error
        } catch { throw AppError(.internalError, detail: "\(error)") }
    }

    fileprivate func charge(_ tenant: TenantID) -> SpoolCharge {
        SpoolCharge(tenant) { [self] count in quota.withLock { $0.give(count, for: tenant) } }
    }

    /// The hash of what was taken in and all of a file, read in pieces on another thread.
    func hash(_ file: SpoolFile, count: Int, behind begun: SHA256) async throws(AppError) -> Digest {
        do {
            return try await pool.run {
                var hash = begun
                var offset = 0
                while offset < count {
                    let piece = try file.read(min(256 << 10, count - offset), at: offset)
                    hash.update(piece)
                    offset += piece.count
                }
                return hash.finalize()
            }
        } catch let error as AppError {
            throw error
        } catch { throw AppError(.internalError, detail: "\(error)") }
    }

    /// That many bytes from an offset, read on another thread.
    func read(_ file: SpoolFile, count: Int, at offset: Int) async throws(AppError) -> [UInt8] {
        do {
            return try await pool.run { try file.read(count, at: offset) }
        } catch let error as AppError {
            throw error
        } catch { throw AppError(.internalError, detail: "\(error)") }
    }

    /// Reads a piece on another thread and hands it over on a loop.
    func read(
        _ file: SpoolFile, count: Int, at offset: Int, on loop: any EventLoop, _ done: @escaping @Sendable (Result<[UInt8], AppError>) -> Void
    ) {
        pool.submit {
            let result: Result<[UInt8], AppError>
            do throws(AppError) { result = .success(try file.read(count, at: offset)) } catch { result = .failure(error) }
            loop.execute { done(result) }
        }
    }
}

/// What one body has taken of its tenant's room; given back once, when its file is gone.
final class SpoolCharge: Sendable {
    private let tenant: TenantID
    private let count = Mutex(0)
    private let give: @Sendable (Int) -> Void

    init(_ tenant: TenantID, give: @escaping @Sendable (Int) -> Void) {
        self.tenant = tenant
        self.give = give
    }

    fileprivate func add(_ bytes: Int, _ quota: borrowing Mutex<SpoolQuota>) throws(AppError) {
        try quota.withLock { quota throws(AppError) in try quota.take(bytes, for: tenant) }
        count.withLock { $0 += bytes }
    }

    func settle() {
        let taken = count.withLock { count in
            defer { count = 0 }
            return count
        }
        if taken > 0 { give(taken) }
    }
}

/// A body on its way to disk. Pieces are gathered, so that few calls leave the loop.
struct SpoolWriter {
    private let scratch: Scratch
    private let tenant: TenantID
    private let charge: SpoolCharge
    private var pending = ByteBuffer()
    private(set) var file: SpoolFile?
    private(set) var count = 0

    fileprivate init(_ scratch: Scratch, _ tenant: TenantID) {
        self.scratch = scratch
        self.tenant = tenant
        charge = scratch.charge(tenant)
    }

    mutating func append(_ bytes: ByteBuffer) async throws(AppError) {
        pending.writeImmutableBuffer(bytes)
        count += bytes.readableBytes
        if pending.readableBytes >= 256 << 10 { try await flush() }
    }

    /// The whole body, in its file.
    mutating func finish() async throws(AppError) -> SpoolFile {
        if pending.readableBytes > 0 || file == nil { try await flush() }
        guard let file else { throw AppError(.internalError, detail: "a spooled body without a file") }
        return file
    }

    private mutating func flush() async throws(AppError) {
        do throws(AppError) {
            file = try await scratch.append(pending, to: file, of: tenant, charge: charge)
        } catch {
            if file == nil { charge.settle() }
            throw error
        }
        pending.clear()
    }
}
