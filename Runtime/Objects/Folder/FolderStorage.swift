import Glibc
public import Kernel
import Reactor

/// Objects as files: `tenants/<tenant>/<handler>/<name>`, with `+` for the `/` of a name, and `incoming/` for what is not whole yet.
///
/// Several gateways may share a folder. A file in `incoming` is locked by who writes it; one that nobody holds was left by a dead gateway.
public final class FolderStorage: ObjectStorage {
    public let readSize = 4 * SealedLayout.sealedChunk
    private let folder: String
    private let pool = BlockingPool(threads: 4, name: "objects")

    /// Below a folder, which is made where it is missing.
    public init(folder: String) { self.folder = folder }

    public func prepare() async throws(AppError) {
        try await pool.work { [incoming, folder] () throws(AppError) in
            try File.makeFolder(incoming)
            try File.makeFolder("\(folder)/tenants")
            for name in try File.names(in: incoming) { IncomingFile.removeIfAbandoned("\(incoming)/\(name)") }
        }
    }

    public func begin(_ place: ObjectPlace) async throws(AppError) -> any ObjectUpload {
        let target = "\(handlerFolder(place.tenant, place.handler))/\(Self.fileName(place.name))"
        return try await pool.work { [incoming, pool] () throws(AppError) in
            FolderUpload(try IncomingFile(in: incoming), target: target, pool: pool)
        }
    }

    public func open(_ place: ObjectPlace, tail: Int) async throws(AppError) -> any OpenedObject {
        let path = "\(handlerFolder(place.tenant, place.handler))/\(Self.fileName(place.name))"
        return try await pool.work { [pool] () throws(AppError) in try FolderObject(path, tail: tail, pool: pool) }
    }

    public func delete(_ place: ObjectPlace) async throws(AppError) {
        let path = "\(handlerFolder(place.tenant, place.handler))/\(Self.fileName(place.name))"
        try await pool.work { () throws(AppError) in try File.remove(path) }
    }

    public func list(
        _ tenant: TenantID, _ handler: String, prefix: String, after: String, limit: Int
    ) async throws(AppError) -> (objects: [(name: String, length: Int)], more: Bool) {
        let place = handlerFolder(tenant, handler)
        let found = try await pool.work { () throws(AppError) -> FoundNames in
            guard File.isFolder(place) else { return FoundNames() }
            // By bytes, as buckets do; `String` compares otherwise.
            let names = try File.names(in: place).map(Self.name(ofFile:))
                .filter { $0.utf8.starts(with: prefix.utf8) && after.utf8.lexicographicallyPrecedes($0.utf8) }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            // One that was removed meanwhile is left out.
            let objects = names.prefix(limit).compactMap { name in
                FolderObject.length(of: "\(place)/\(Self.fileName(name))").map { (name, $0) }
            }
            return FoundNames(objects: objects, more: names.count > limit)
        }
        return (found.objects, found.more)
    }

    public func removeAll(of tenant: TenantID) async throws(AppError) {
        let place = "\(folder)/tenants/\(tenant)"
        try await pool.work { () throws(AppError) in
            guard File.isFolder(place) else { return }
            for handler in try File.names(in: place) {
                for name in try File.names(in: "\(place)/\(handler)") { try File.remove("\(place)/\(handler)/\(name)") }
                try File.removeFolder("\(place)/\(handler)")
            }
            try File.removeFolder(place)
        }
    }

    private struct FoundNames: Sendable {
        var objects: [(name: String, length: Int)] = []
        var more = false
    }

    private var incoming: String { "\(folder)/incoming" }

    private func handlerFolder(_ tenant: TenantID, _ handler: String) -> String { "\(folder)/tenants/\(tenant)/\(handler)" }

    private static func fileName(_ name: String) -> String { String(name.map { $0 == "/" ? "+" : $0 }) }
    private static func name(ofFile file: String) -> String { String(file.map { $0 == "+" ? "/" : $0 }) }
}
