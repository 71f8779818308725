import Glibc
import Kernel
import ServerPrograms
import Testing
import Tokens

@testable import Objects

/// What every place of objects must do, done to a folder and to a bucket.
@Suite("Places of objects") struct StorageTests {
    enum Kind: String, CaseIterable, Sendable { case folder, bucket }

    /// A store, and what it stands on.
    final class Place: Sendable {
        let store: ObjectStore
        private let folder: TemporaryFolder?
        private let server: S3Server?

        init(_ kind: Kind) async throws {
            switch kind {
            case .folder:
                let folder = try TemporaryFolder()
                (self.folder, server) = (folder, nil)
                store = ObjectStore(FolderStorage(folder: folder.path))
            case .bucket:
                let server = try await S3Server()
                (folder, self.server) = (nil, server)
                store = ObjectStore(try server.storage())
            }
            try await store.prepare()
        }

        /// What lies there, finished or not.
        func names() async throws -> [String] {
            if let folder { return try folder.files() }
            let state = try await server?.state()
            return (state?["keys"]?.array ?? []).compactMap(\.string)
                + Array(repeating: "upload", count: Int(state?["uploads"]?.integer ?? 0))
        }
    }

    @Test("what is put comes back, whole and in ranges", arguments: Kind.allCases) func roundTrip(kind: Kind) async throws {
        let (place, keys) = (try await Place(kind), try World.keys(1))
        for size in [0, 1, 65_536, 1_000_000] {
            let bytes = World.bytes(size)
            let record = try await World.put(place.store, try World.place("n/\(size)"), bytes, keys: keys)
            #expect(record.size == size && record.sha256 == SHA256.hash(bytes).bytes)
            #expect(try await World.read(place.store, try World.place("n/\(size)"), keys: keys) == bytes)
            #expect(try await place.store.info(try World.place("n/\(size)"), keys: keys) == record)
        }
        let bytes = World.bytes(1_000_000)
        for (from, count) in [
            (0, 1), (65_535, 2), (65_536, 65_536), (131_071, 200_000), (999_999, 1), (999_999, 5), (1_000_000, 1), (2_000_000, 3), (5, 0),
        ] {
            let expected = bytes.dropFirst(from).prefix(count)
            #expect(
                try await World.read(place.store, try World.place("n/1000000"), from: from, count: count, keys: keys) == Array(expected), "\(from)")
        }
    }

    @Test("an object is not there before it is whole, and given up it leaves nothing", arguments: Kind.allCases) func unfinished(kind: Kind)
        async throws
    {
        let (place, keys) = (try await Place(kind), try World.keys(1))
        let name = try World.place("a")
        try await World.put(place.store, name, World.bytes(10), keys: keys)
        let before = try await place.names()
        let writing = try await place.store.put(name, keys: keys)
        for _ in 0..<8 { try await writing.append(World.bytes(100_000)) }
        #expect(try await World.read(place.store, name, keys: keys) == World.bytes(10))
        #expect(try await place.store.list(World.tenant, "files").objects.map(\.name) == ["a"])
        await writing.abort()
        #expect(try await place.names() == before)
        #expect(try await World.read(place.store, name, keys: keys) == World.bytes(10))
    }

    @Test("what replaces an object while it is read does not mix with it", arguments: Kind.allCases) func replaced(kind: Kind) async throws {
        let (place, keys) = (try await Place(kind), try World.keys(1))
        let name = try World.place("a")
        let first = try await World.put(place.store, name, World.bytes(5_000_000), keys: keys)
        let reading = try await place.store.get(name, keys: keys)
        var bytes = try await reading.next() ?? []
        let second = try await World.put(place.store, name, World.bytes(3), keys: keys)
        #expect(first.etag != second.etag)
        do {
            while let piece = try await reading.next() { bytes += piece }
            #expect(kind == .folder && bytes == World.bytes(5_000_000))
        } catch {
            #expect(kind == .bucket && error.code == .conflict)
        }
        #expect(try await World.read(place.store, name, keys: keys) == World.bytes(3))
    }

    @Test("lists are in the order of bytes, in pages, of one tenant and handler alone", arguments: Kind.allCases) func lists(kind: Kind) async throws
    {
        let (place, keys) = (try await Place(kind), try World.keys(1))
        for name in ["b/2", "a", "b/10", "B", "b/1", "b.x", "b-x"] {
            try await World.put(place.store, try World.place(name), World.bytes(7), keys: keys)
        }
        try await World.put(place.store, try World.place("b/3", tenant: World.other), World.bytes(7), keys: keys)
        try await World.put(place.store, try World.place("b/4", handler: "mail"), World.bytes(7), keys: keys)
        let all = try await place.store.list(World.tenant, "files")
        #expect(all.objects.map(\.name) == ["B", "a", "b-x", "b.x", "b/1", "b/10", "b/2"] && !all.more)
        #expect(all.objects.allSatisfy { $0.size == 7 })
        let page = try await place.store.list(World.tenant, "files", prefix: "b/", limit: 2)
        #expect(page.objects.map(\.name) == ["b/1", "b/10"] && page.more)
        let rest = try await place.store.list(World.tenant, "files", prefix: "b/", after: "b/10", limit: 2)
        #expect(rest.objects.map(\.name) == ["b/2"] && !rest.more)
        #expect(try await place.store.list(World.tenant, "nobody").objects.isEmpty)
        #expect(try await place.store.list(World.tenant, "files", prefix: "../").objects.isEmpty)
        await #expect(throws: AppError.self) { try await place.store.list(World.tenant, "files", prefix: "a b") }
    }

    @Test("objects are joined in order; the parts stay", arguments: Kind.allCases) func joins(kind: Kind) async throws {
        let (place, keys) = (try await Place(kind), try World.keys(1))
        var parts: [ObjectPlace] = []
        for size in [70_000, 1, 200_000] {
            parts.append(try World.place("part/\(size)"))
            try await World.put(place.store, parts[parts.count - 1], World.bytes(size), keys: keys)
        }
        let whole = World.bytes(70_000) + World.bytes(1) + World.bytes(200_000)
        let record = try await place.store.join(parts, as: try World.place("whole"), keys: keys)
        #expect(record.size == whole.count && record.sha256 == SHA256.hash(whole).bytes)
        #expect(try await World.read(place.store, try World.place("whole"), keys: keys) == whole)
        #expect(try await place.store.list(World.tenant, "files", prefix: "part/").objects.count == 3)
        let before = try await place.names()
        let missing = parts + [try World.place("missing")]
        await #expect(throws: AppError.self) { try await place.store.join(missing, as: try World.place("other"), keys: keys) }
        await #expect(throws: AppError.self) {
            try await place.store.join(
                parts, as: try World.place("other"), keys: keys, mayCommit: { () throws(AppError) in throw AppError(.notFound) })
        }
        await #expect(throws: AppError.self) { try await place.store.join(parts, as: try World.place("other"), keys: keys, goesOn: { false }) }
        #expect(try await place.names() == before)
    }

    @Test("what is removed is gone, once and twice; all of a tenant goes at once, and nobody else's", arguments: Kind.allCases)
    func removal(kind: Kind) async throws {
        let (place, keys) = (try await Place(kind), try World.keys(1))
        for name in ["a", "b/c"] { try await World.put(place.store, try World.place(name), World.bytes(7), keys: keys) }
        try await World.put(place.store, try World.place("a", handler: "mail"), World.bytes(7), keys: keys)
        try await World.put(place.store, try World.place("a", tenant: World.other), World.bytes(9), keys: keys)
        for _ in 0..<2 { try await place.store.delete(try World.place("a")) }
        await #expect(throws: AppError.self) { try await place.store.get(try World.place("a"), keys: keys) }
        #expect(try await World.read(place.store, try World.place("a", handler: "mail"), keys: keys).count == 7)
        for _ in 0..<2 { try await place.store.removeAll(of: World.tenant) }
        #expect(try await place.store.list(World.tenant, "files").objects.isEmpty)
        #expect(try await place.store.list(World.tenant, "mail").objects.isEmpty)
        #expect(try await World.read(place.store, try World.place("a", tenant: World.other), keys: keys).count == 9)
    }

    @Test("many write one name at once: one of them is there, whole", arguments: Kind.allCases) func race(kind: Kind) async throws {
        let (place, keys) = (try await Place(kind), try World.keys(1))
        let name = try World.place("a")
        let records = try await withThrowingTaskGroup(of: ObjectRecord.self) { group in
            for index in 1...6 { group.addTask { try await World.put(place.store, name, World.bytes(index * 50_000), keys: keys) } }
            return try await group.reduce(into: [ObjectRecord]()) { $0.append($1) }
        }
        let there = try await place.store.info(name, keys: keys)
        #expect(records.contains(there))
        #expect(try await World.read(place.store, name, keys: keys) == World.bytes(there.size))
        #expect(try await place.names().count == 1)
    }
}
