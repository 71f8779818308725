import Glibc
import Kernel
import Tokens

@testable import Objects

/// Tenants, keys and folders for tests of objects.
enum World {
    static let tenant = TenantID(UUID(high: 1, low: 1))
    static let other = TenantID(UUID(high: 1, low: 2))

    static func place(_ name: String, tenant: TenantID = tenant, handler: String = "files") throws -> ObjectPlace {
        try ObjectPlace(tenant: tenant, handler: handler, name: name)
    }

    /// A ring whose versions are all made of one byte each, the first in use.
    static func keys(_ versions: Int...) throws -> SecretRing {
        try SecretRing(versions.map { SecretRing.Version(id: $0, bytes: Array(repeating: UInt8($0), count: 32)) })
    }

    /// Bytes that differ from place to place.
    static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }

    /// Puts bytes in pieces of a length.
    @discardableResult
    static func put(_ store: ObjectStore, _ place: ObjectPlace, _ bytes: [UInt8], pieces: Int = 100_000, keys: SecretRing) async throws
        -> ObjectRecord
    {
        let writing = try await store.put(place, keys: keys)
        do {
            for start in stride(from: 0, to: bytes.count, by: pieces) {
                try await writing.append(Array(bytes[start..<min(start + pieces, bytes.count)]))
            }
            return try await writing.finish()
        } catch {
            await writing.abort()
            throw error
        }
    }

    static func read(_ store: ObjectStore, _ place: ObjectPlace, from: Int = 0, count: Int = .max, keys: SecretRing) async throws -> [UInt8] {
        let reading = try await store.get(place, keys: keys, from: from, count: count)
        var bytes: [UInt8] = []
        while let piece = try await reading.next() { bytes += piece }
        return bytes
    }
}

/// A folder of its own that goes with the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/tenantry-objects-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw AppError(.internalError, "no folder") }
        path = String(cString: made)
    }

    deinit { Self.remove(path) }

    /// All files below, without their folder's path.
    func files(_ below: String = "") throws -> [String] {
        try File.names(in: path + below).flatMap { name in
            File.isFolder("\(path)\(below)/\(name)") ? try files("\(below)/\(name)") : [String("\(below)/\(name)".dropFirst())]
        }
    }

    private static func remove(_ path: String) {
        for name in (try? File.names(in: path)) ?? [] {
            let inner = "\(path)/\(name)"
            if File.isFolder(inner) { remove(inner) } else { unlink(inner) }
        }
        rmdir(path)
    }
}
