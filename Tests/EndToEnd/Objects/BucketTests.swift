import Glibc
import Kernel
import TestSupport
import Testing
import Tokens

extension EndToEnd {
    /// Objects in a bucket: of the stand-in that checks signatures by itself, and of a server that somebody else wrote.
    @Suite("objects in a bucket", .testDatabase) struct BucketTests {
        private let bytes = Bodies.pattern(20_000_000)

        private func roundTrip(_ environment: [String: String]) async throws {
            let member = try await Member.make(1)
            let world = try await ObjectWorld.make(environment)
            try await RunningHost.run(world.options) { host in
                let token = try host.token(member)
                for count in [0, 5, 20_000_000] {
                    let body = Array(bytes.prefix(count))
                    let put = try await host.put("n/\(count)", body, token: token)
                    #expect(try put.json["sha256"]?.string == SHA256.hash(body).hex, "\(put.text)")
                    #expect(try await host.get("/probe/objects?name=n/\(count)", token: token).body == body)
                }
                let part = try await host.get("/probe/objects?name=n/20000000&from=9000000&count=70000", token: token)
                #expect(part.body == Array(bytes[9_000_000..<9_070_000]))
                let joined = try await host.post("/probe/objects/join", token: token, json: ["parts": ["n/5", "n/20000000"], "name": "all"])
                #expect(try joined.json["sha256"]?.string == SHA256.hash(Array(bytes.prefix(5)) + bytes).hex)
                let failed = try await host.post(
                    "/probe/objects/make", token: token, json: ["name": "x", "size": 30_000_000, "fails_at": 20_000_000])
                #expect(failed.errorCode == "CONFLICT")
                #expect(try await host.get("/probe/objects/list", token: token).json["names"] == ["all", "n/0", "n/20000000", "n/5"])
                for name in ["all", "n/0"] { #expect(try await host.request("DELETE", "/probe/objects?name=\(name)", token: token).status == 204) }
                #expect(try await host.get("/probe/objects?name=all", token: token).status == 404)
                #expect(try await host.get("/probe/objects/list", token: token).json["names"] == ["n/20000000", "n/5"])
                #expect(try world.files() == [])
            }
        }

        @Test("what is put comes back, in parts and ranges; nothing lies in the home's folder") func standIn() async throws {
            let server = try await S3StandIn()
            try await roundTrip(server.environment)
            let state = try await server.control("state")
            #expect(state["uploads"] == 0)
            server.program.signal(SIGKILL)
        }

        @Test("a bucket that says no stops the start, naming what it said and no secret") func refused() async throws {
            let server = try await S3StandIn()
            var environment = server.environment
            environment["TENANTRY_S3_SECRET_KEY"] = "a-secret-that-is-another-one"
            let world = try await ObjectWorld.make(environment)
            let error = await #expect(throws: AppError.self) { try await RunningHost.start(world.options) }
            #expect(
                error?.message.contains("SignatureDoesNotMatch") == true && error?.message.contains("another-one") == false,
                "\(String(describing: error))")
            server.program.signal(SIGKILL)
        }

        @Test("the same with a server from the package index", .enabled(if: Environment["TENANTRY_S3_SERVER"] != nil)) func realServer() async throws
        {
            let (server, port) = try await Blocking.run {
                let server = try ChildProgram(
                    Environment["TENANTRY_S3_SERVER"] ?? "", ["-H", "127.0.0.1", "-p", "0"],
                    environment: ["PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1", "HOME": "/tmp"])
                guard let line = server.line(containing: "Running on http://127.0.0.1:"),
                    let port = line.split(separator: "127.0.0.1:").last.flatMap({ Int($0.prefix { $0.isNumber }) })
                else { throw AppError(.internalError, server.printed) }
                return (server, port)
            }
            // It believes every signature; a bucket is made by putting it.
            try await Blocking.run {
                let socket = try RawSocket(port: port)
                try socket.send(Array("PUT /tenantry-test HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Length: 0\r\n\r\n".utf8))
                var reader = AnswerReader(socket)
                guard let answer = try reader.next(), answer.status == 200 else { throw AppError(.internalError, "no bucket: \(server.printed)") }
            }
            try await roundTrip([
                "TENANTRY_OBJECTS": "s3://tenantry-test/pre", "TENANTRY_S3_ENDPOINT": "http://127.0.0.1:\(port)", "TENANTRY_S3_ACCESS_KEY": "testing",
                "TENANTRY_S3_SECRET_KEY": "testing",
            ])
            server.signal(SIGKILL)
        }
    }
}
