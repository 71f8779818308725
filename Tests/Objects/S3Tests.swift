import Addresses
import Kernel
import Testing

@testable import Objects

/// What can go wrong with a bucket.
@Suite("Objects in a bucket") struct S3Tests {
    @Test("a service that is busy is asked again; one that stays so is unavailable, and nothing is half there") func busy() async throws {
        let (server, keys) = (try await S3Server(), try World.keys(1))
        let store = ObjectStore(try server.storage())
        let name = try World.place("a")
        try await server.fail("PUT", status: 503, times: 2)
        try await World.put(store, name, World.bytes(10), keys: keys)
        try await server.fail("GET", status: 500, times: 3)
        #expect(try await World.read(store, name, keys: keys) == World.bytes(10))
        try await server.fail("PUT", query: "partNumber=2", status: 503, times: 4)
        let error = await #expect(throws: AppError.self) { try await World.put(store, try World.place("b"), World.bytes(900_000), keys: keys) }
        #expect(error?.code == .unavailable)
        let state = try await server.state()
        #expect(state["keys"] == [.string("pre/fix/\(World.tenant)/files/a")])
    }

    @Test("an object that fails at its last step is not there, and leaves no parts") func completion() async throws {
        let (server, keys) = (try await S3Server(), try World.keys(1))
        let store = ObjectStore(try server.storage())
        // S3 may say 200 and fail behind it.
        try await server.fail("POST", query: "uploadId", status: 200, body: "<Error><Code>InternalError</Code></Error>")
        await #expect(throws: AppError.self) { try await World.put(store, try World.place("a"), World.bytes(900_000), keys: keys) }
        var state = try await server.state()
        #expect(state["keys"] == [] && state["uploads"] == 0)
        // No room.
        try await server.fail("PUT", status: 507)
        let error = await #expect(throws: AppError.self) { try await World.put(store, try World.place("a"), World.bytes(900_000), keys: keys) }
        #expect(error?.code == .storageFull)
        state = try await server.state()
        #expect(state["keys"] == [] && state["uploads"] == 0)
    }

    @Test("long objects go in parts of the size that was set, and no more than one waits") func parts() async throws {
        let (server, keys) = (try await S3Server(), try World.keys(1))
        let store = ObjectStore(try server.storage())
        try await World.put(store, try World.place("a"), World.bytes(3_000_000), keys: keys)
        let most = try #require(try await server.state()["most_bytes"]?.integer)
        #expect(most >= S3Server.partSize && most < 2 * S3Server.partSize)
        #expect(try await World.read(store, try World.place("a"), keys: keys) == World.bytes(3_000_000))
    }

    @Test("a wrong key or bucket is said at the start, without the secret") func wrongSettings() async throws {
        let server = try await S3Server()
        for settings in [try server.settings(secret: "another-secret"), try server.settings(location: "s3://another-bucket")] {
            let store = ObjectStore(try server.storage(settings))
            let error = await #expect(throws: AppError.self) { try await store.prepare() }
            #expect(error?.code == .validation)
            #expect(error.map { String(reflecting: $0) }?.contains("another-secret") == false)
        }
    }

    @Test("uploads that a dead gateway left are given up when they are a day old, younger ones stay") func leftovers() async throws {
        let (server, keys) = (try await S3Server(), try World.keys(1))
        let store = ObjectStore(try server.storage())
        let left = try await store.put(try World.place("a"), keys: keys)
        for _ in 0..<4 { try await left.append(World.bytes(100_000)) }
        #expect(try await server.state()["uploads"] == 1)
        try await store.prepare()
        #expect(try await server.state()["uploads"] == 1)
        try await server.control("age", ["hours": 25])
        try await store.prepare()
        #expect(try await server.state()["uploads"] == 0)
    }

    @Test("bytes that rot in the bucket are found, and none of the tenant's shows there") func rot() async throws {
        let (server, keys) = (try await S3Server(), try World.keys(1))
        let store = ObjectStore(try server.storage())
        let text = Array("a sentence that nobody else may read, again and again and again".utf8)
        try await World.put(store, try World.place("a"), text, keys: keys)
        let shown = try await server.state()["bytes"]?.object?.first?.value.string ?? ""
        #expect(!shown.isEmpty && !shown.contains(Hex.encode(Array(text.prefix(12)))))
        try await server.control("rot", ["key": "files/a", "at": 3])
        let error = await #expect(throws: AppError.self) { try await World.read(store, try World.place("a"), keys: keys) }
        #expect(error?.code == .internalError)
    }

    @Test(
        "settings that are none are refused by their name",
        arguments: [
            ("s3://", "OBJECTS"), ("s3://A", "OBJECTS"), ("s3://bucket/..", "OBJECTS"), ("s3://bucket/a b", "OBJECTS"), ("gs://bucket", "OBJECTS"),
        ])
    func badLocations(location: String, field: String) {
        let error = #expect(throws: AppError.self) {
            try S3Settings(location: location, endpoint: nil, region: nil, accessKey: "a", secretKey: "b", field: { "TENANTRY_\($0)" })
        }
        #expect(error?.issues.first?.field == "TENANTRY_\(field)")
    }

    @Test("the usual settings lead to Amazon's own address, with the keys hidden") func settings() throws {
        let settings = try S3Settings(
            location: "s3://bucket/a/b/", endpoint: nil, region: "eu-central-1", accessKey: "a", secretKey: "hidden", field: { $0 })
        #expect(settings.endpoint.origin == "https://s3.eu-central-1.amazonaws.com" && settings.prefix == "a/b/")
        #expect(!"\(settings)".contains("hidden"))
        for (access, secret, field) in [(nil, "b", "S3_ACCESS_KEY"), ("a", nil, "S3_SECRET_KEY")] as [(String?, String?, String)] {
            let error = #expect(throws: AppError.self) {
                try S3Settings(location: "s3://bucket", endpoint: nil, region: nil, accessKey: access, secretKey: secret, field: { $0 })
            }
            #expect(error?.issues.first?.field == field)
        }
    }
}
