import Glibc
import Kernel
import Postgres
import TestSupport
import Testing
import Tokens

extension EndToEnd {
    /// Objects from a sandboxed handler's code to the folder and back.
    @Suite("objects", .testDatabase) struct ObjectTests {
        private let bytes = Bodies.pattern(1_000_000)

        @Test("what a handler puts comes back, whole and in ranges; in the folder it is sealed, and below its tenant and handler")
        func roundTrip() async throws {
            let member = try await Member.make(1)
            let world = try await ObjectWorld.make()
            try await RunningHost.run(world.options) { host in
                let token = try host.token(member)
                for count in [0, 1, 65_536, 1_000_000] {
                    let body = Array(bytes.prefix(count))
                    let put = try await host.put("n/\(count)", body, token: token)
                    #expect(put.status == 200, "\(put.text)")
                    #expect(try put.json["sha256"]?.string == SHA256.hash(body).hex)
                    #expect(try await host.get("/probe/objects?name=n/\(count)", token: token).body == body)
                    #expect(try await host.get("/probe/objects/info?name=n/\(count)", token: token).json == put.json)
                }
                for (from, count) in [(0, 1), (65_535, 2), (100_000, 300_000), (999_999, 10), (1_000_000, 1)] {
                    let part = try await host.get("/probe/objects?name=n/1000000&from=\(from)&count=\(count)", token: token)
                    #expect(part.body == Array(bytes.dropFirst(from).prefix(count)), "\(from)")
                }
                let expected = [0, 1, 65_536, 1_000_000].map { "tenants/\(member.tenant)/probe/n+\($0)" }
                #expect(try world.files().sorted() == expected.sorted())
                let stored = try File.read("\(world.folder)/tenants/\(member.tenant)/probe/n+65536")
                for start in stride(from: 0, to: 65_000, by: 97) { #expect(!stored.starts(with: bytes[start..<start + 16])) }
                let joined = try await host.post(
                    "/probe/objects/join", token: token, json: ["parts": ["n/1", "n/1000000", "n/65536"], "name": "all"])
                let whole = Array(bytes.prefix(1)) + bytes + bytes.prefix(65_536)
                #expect(try joined.json["sha256"]?.string == SHA256.hash(whole).hex)
                #expect(try await host.get("/probe/objects?name=all", token: token).body == whole)
                let list = try await host.get("/probe/objects/list?prefix=n/&limit=2", token: token).json
                #expect(list["names"] == ["n/0", "n/1"] && list["sizes"] == [0, 1] && list["more"] == true)
                #expect(try await host.request("DELETE", "/probe/objects?name=n/1", token: token).status == 204)
                #expect(try await host.get("/probe/objects?name=n/1", token: token).status == 404)
                #expect(try await host.get("/probe/objects/info?name=n/1", token: token).status == 404)
                // More than may be open at once, one behind the other, each let go of before its end.
                let peeked = try await host.get("/probe/objects/peek?name=all&count=60", token: token).json
                #expect(peeked["sizes"]?.array?.count == 60)
            }
        }

        @Test("a name is a tenant's own: another tenant finds nothing there, and no name leads out of it") func tenants() async throws {
            let (one, two) = (try await Member.make(1), try await Member.make(2))
            let world = try await ObjectWorld.make()
            try await RunningHost.run(world.options) { host in
                let (first, second) = (try host.token(one), try host.token(two))
                #expect(try await host.put("a", Array("first".utf8), token: first).status == 200)
                #expect(try await host.get("/probe/objects?name=a", token: second).status == 404)
                #expect(try await host.get("/probe/objects/list", token: second).json["names"] == [])
                #expect(try await host.put("a", Array("second".utf8), token: second).status == 200)
                #expect(try await host.get("/probe/objects?name=a", token: first).text == "first")
                let names = [
                    "..", "../a", "../../\(one.tenant)/probe/a", "a/../../b", "/a", "a//b", "./a", "a%00b", "a%2F..%2Fb", "%2e%2e/a", "a%5Cb",
                    "a%0Ab", "",
                    String(repeating: "a", count: 201),
                ]
                for name in names {
                    for path in ["/probe/objects?name=\(name)", "/probe/objects/info?name=\(name)"] {
                        let answer = try await host.get(path, token: second)
                        #expect(answer.status == 400, "\(path): \(answer.status) \(answer.text)")
                    }
                    #expect(try await host.put(name, [1], token: second).status == 400, "\(name)")
                    #expect(try await host.request("DELETE", "/probe/objects?name=\(name)", token: second).status == 400, "\(name)")
                }
                // Another tenant's file in the place of one's own does not open.
                let place = "\(world.folder)/tenants"
                try File.write(try File.read("\(place)/\(one.tenant)/probe/a"), to: "\(place)/\(two.tenant)/probe/a")
                let stolen = try await host.get("/probe/objects?name=a", token: second)
                #expect(stolen.status == 500 && !stolen.text.contains("first"))
                #expect(try await host.get("/probe/objects?name=a", token: first).text == "first")
            }
        }

        @Test("a handler whose manifest does not ask keeps no objects") func notAsked() async throws {
            let member = try await Member.make(1)
            let world = try await ObjectWorld.make(manifest: "timeout: 10s")
            try await RunningHost.run(world.options) { host in
                let token = try host.token(member)
                #expect(try await host.put("a", [1], token: token).errorCode == "FORBIDDEN")
                #expect(try await host.get("/probe/objects/list", token: token).errorCode == "FORBIDDEN")
                #expect(try world.files() == [])
            }
        }

        @Test("a put that fails, or whose process dies, leaves nothing; what had the name stays") func failures() async throws {
            let member = try await Member.make(1)
            let world = try await ObjectWorld.make()
            try await RunningHost.run(world.options) { host in
                let token = try host.token(member)
                #expect(try await host.put("a", [7], token: token).status == 200)
                let failed = try await host.post("/probe/objects/make", token: token, json: ["name": "a", "size": 2_000_000, "fails_at": 1_000_000])
                #expect(failed.errorCode == "CONFLICT")
                let died = try await host.post("/probe/objects/make", token: token, json: ["name": "a", "size": 2_000_000, "dies_at": 1_000_000])
                #expect(died.status == 502 || died.status == 422, "\(died.status) \(died.text)")
                try await host.eventually("nothing is left") { try world.files() == ["tenants/\(member.tenant)/probe/a"] }
                #expect(try await host.get("/probe/objects?name=a", token: token).body == [7])
                let made = try await host.post("/probe/objects/make", token: token, json: ["name": "a", "size": 2_000_000])
                #expect(try made.json["size"] == 2_000_000)
            }
        }

        @Test("a gateway that is killed while objects are put leaves none in part; the next one clears what lies about") func killed() async throws {
            let member = try await Member.make(1)
            let world = try await ObjectWorld.make()
            try await RunningHost.run(world.options) { host in
                let token = try host.token(member)
                #expect(try await host.put("a", [7], token: token).status == 200)
                await withTaskGroup(of: Void.self) { group in
                    for name in ["a", "b"] {
                        group.addTask {
                            _ = try? await host.post("/probe/objects/make", token: token, json: ["name": .string(name), "size": 900_000_000])
                        }
                    }
                    try? await host.eventually("both are under way") { try world.files().count == 3 }
                    host.program.signal(SIGKILL)
                }
                #expect(try world.files().filter { $0.hasPrefix("tenants") } == ["tenants/\(member.tenant)/probe/a"])
            }
            try await RunningHost.run(world.options) { host in
                let token = try host.token(member)
                #expect(try world.files() == ["tenants/\(member.tenant)/probe/a"])
                #expect(try await host.get("/probe/objects?name=a", token: token).body == [7])
            }
        }

        @Test("where the disk takes no more the answer is 507, nothing is left, and the gateway goes on") func full() async throws {
            let member = try await Member.make(1)
            let world = try await ObjectWorld.make()
            try await RunningHost.run(world.options) { host in
                let token = try host.token(member)
                #expect(try await host.put("a", bytes, token: token).status == 200)
                try await Blocking.run {
                    // Above what the log and the answers need, below the object.
                    let limiter = try ChildProgram(
                        "/usr/bin/prlimit", ["--pid", "\(host.program.pid)", "--fsize=3000000"], environment: ["PATH": "/usr/bin:/bin"])
                    let (status, printed) = limiter.finish()
                    guard status == 0 else { throw AppError(.internalError, "prlimit: \(printed)") }
                }
                let answer = try await host.post("/probe/objects/make", token: token, json: ["name": "b", "size": 8_000_000])
                #expect(answer.status == 507 && answer.errorCode == "STORAGE_FULL", "\(answer.status) \(answer.text)")
                #expect(!answer.text.contains(world.folder))
                try await host.eventually("nothing is left") { try world.files() == ["tenants/\(member.tenant)/probe/a"] }
                #expect(try await host.get("/probe/objects?name=a", token: token).body == bytes)
                #expect(try await host.put("c", [1, 2, 3], token: token).status == 200)
            }
        }

        @Test("bytes that were changed or cut off on disk are found: an error in front of the first, a broken connection in the middle")
        func damaged() async throws {
            let member = try await Member.make(1)
            let world = try await ObjectWorld.make()
            try await RunningHost.run(world.options) { host in
                let token = try host.token(member)
                #expect(try await host.put("a", bytes, token: token).status == 200)
                let path = "\(world.folder)/tenants/\(member.tenant)/probe/a"
                let stored = try File.read(path, limit: 2 << 20)
                for position in [0, 40_000, stored.count - 100, stored.count - 1] {
                    var changed = stored
                    changed[position] ^= 1
                    try File.write(changed, to: path)
                    let answer = try await host.get("/probe/objects?name=a", token: token)
                    #expect(answer.status == 500, "\(position)")
                }
                try File.write(Array(stored.dropLast(70_000)), to: path)
                #expect(try await host.get("/probe/objects?name=a", token: token).status == 500)
                // The last chunk alone.
                var changed = stored
                changed[stored.count - 5000] ^= 1
                try File.write(changed, to: path)
                let part = try await host.get("/probe/objects?name=a", token: token).body
                let isPart = part.count < bytes.count && part == Array(bytes.prefix(part.count))
                #expect(isPart, "\(part.count) bytes")
                let first = try await host.get("/probe/objects?name=a&count=65536", token: token).body == Array(bytes.prefix(65_536))
                #expect(first)
            }
        }

        @Test("a long object passes through without being held: the gateway's memory stays flat") func flat() async throws {
            let member = try await Member.make(1)
            let world = try await ObjectWorld.make()
            try await RunningHost.run(world.options) { host in
                let token = try host.token(member)
                _ = try await host.post("/probe/objects/make", token: token, json: ["name": "a", "size": 8_000_000])
                let before = try host.peakMemory()
                let made = try await host.post("/probe/objects/make", token: token, json: ["name": "a", "size": 200_000_000])
                #expect(try made.json["size"] == 200_000_000, "\(made.text)")
                let joined = try await host.post("/probe/objects/join", token: token, json: ["parts": ["a", "a"], "name": "b"])
                #expect(try joined.json["size"] == 400_000_000, "\(joined.text)")
                let grown = try host.peakMemory() - before
                #expect(grown < 48 << 20, "\(grown >> 20) MB more")
            }
        }
    }
}
