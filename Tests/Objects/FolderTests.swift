import Glibc
import Kernel
import Testing

@testable import Objects

/// What can go wrong in a folder.
@Suite("Objects in a folder") struct FolderTests {
    @Test("a start removes what a dead gateway was writing, and leaves what a living one writes") func abandoned() async throws {
        let (folder, keys) = (try TemporaryFolder(), try World.keys(1))
        let living = ObjectStore(FolderStorage(folder: folder.path))
        try await living.prepare()
        let writing = try await living.put(try World.place("a"), keys: keys)
        try await writing.append(World.bytes(100_000))
        try File.write(World.bytes(10), to: "\(folder.path)/incoming/left")
        #expect(try folder.files().count == 2)
        let second = ObjectStore(FolderStorage(folder: folder.path))
        try await second.prepare()
        #expect(try folder.files().count == 1 && !File.exists("\(folder.path)/incoming/left"))
        let record = try await writing.finish()
        #expect(try await second.info(try World.place("a"), keys: keys) == record)
        #expect(try folder.files() == ["tenants/\(World.tenant)/files/a"])
    }

    @Test("a file that was cut off, changed or emptied behind our back is said to be damaged, not handed out") func damaged() async throws {
        let (folder, keys) = (try TemporaryFolder(), try World.keys(1))
        let store = ObjectStore(FolderStorage(folder: folder.path))
        try await store.prepare()
        let bytes = World.bytes(300_000)
        let path = "\(folder.path)/tenants/\(World.tenant)/files/a"
        for length in [0, 1, 100, 65_552, 200_000, -1, -2] {
            try await World.put(store, try World.place("a"), bytes, keys: keys)
            if length == -1 {
                var stored = try File.read(path)
                stored[70_000] ^= 4
                try File.write(stored, to: path)
            } else if length == -2 {
                try File.write(try File.read(path) + [0], to: path)
            } else {
                #expect(truncate(path, off_t(length)) == 0)
            }
            let error = await #expect(throws: AppError.self) { try await World.read(store, try World.place("a"), keys: keys) }
            #expect(error?.code == .internalError && error?.message.contains("damaged") == true, "\(length)")
            #expect(error?.message.contains(folder.path) == false)
        }
        // The chunks in front of a changed one are still what they were.
        try await World.put(store, try World.place("a"), bytes, keys: keys)
        var stored = try File.read(path)
        stored[70_000] ^= 4
        try File.write(stored, to: path)
        #expect(try await World.read(store, try World.place("a"), count: 65_536, keys: keys) == Array(bytes.prefix(65_536)))
    }

    @Test("a link in the place of an object is not followed") func links() async throws {
        let (folder, keys) = (try TemporaryFolder(), try World.keys(1))
        let store = ObjectStore(FolderStorage(folder: folder.path))
        try await store.prepare()
        try await World.put(store, try World.place("a"), World.bytes(7), keys: keys)
        let path = "\(folder.path)/tenants/\(World.tenant)/files"
        #expect(symlink("\(path)/a", "\(path)/b") == 0)
        let error = await #expect(throws: AppError.self) { try await store.get(try World.place("b"), keys: keys) }
        #expect(error?.code == .unavailable)
        // What is put there replaces the link, and not what it led to.
        try await World.put(store, try World.place("b"), World.bytes(9), keys: keys)
        #expect(try await World.read(store, try World.place("a"), keys: keys).count == 7)
        #expect(try await World.read(store, try World.place("b"), keys: keys).count == 9)
    }

    @Test("nobody but the owner may read what lies there") func modes() async throws {
        let (folder, keys) = (try TemporaryFolder(), try World.keys(1))
        let store = ObjectStore(FolderStorage(folder: folder.path))
        try await store.prepare()
        try await World.put(store, try World.place("a"), World.bytes(7), keys: keys)
        var place = "\(folder.path)/tenants"
        for part in ["", "/\(World.tenant)", "/files", "/a"] {
            place += part
            var status = stat()
            #expect(stat(place, &status) == 0 && status.st_mode & 0o077 == 0, "\(place)")
        }
    }

    @Test("a folder that cannot be made is said at the start") func noFolder() async throws {
        let store = ObjectStore(FolderStorage(folder: "/proc/nowhere/objects"))
        await #expect(throws: AppError.self) { try await store.prepare() }
    }
}
