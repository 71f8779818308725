import Glibc
import Kernel
import Postgres
import TestSupport
import Testing
import Tokens

extension EndToEnd {
    /// tus 1.0 as its clients speak it.
    @Suite("resumable uploads", .testDatabase) struct ResumableTests {
        private static let address = "/api/v1/files/resumable"
        /// A table, so that it can become a file.
        private let bytes = Array(("day,sales\n" + (0..<40_000).map { "2026-01-01,\($0)\n" }.joined()).utf8)

        private struct Client: Sendable {
            let host: RunningHost
            let token: String

            func send(
                _ method: String, _ path: String, _ headers: [(String, String)] = [], body: [UInt8]? = nil, version: String? = "1.0.0"
            ) async throws -> HTTPAnswer {
                let lines = headers + (version.map { [("Tus-Resumable", $0)] } ?? [])
                guard method == "HEAD" else { return try await host.request(method, path, token: token, headers: lines, body: body) }
                return try await Blocking.run { [host, token] in
                    let socket = try RawSocket(port: host.port)
                    try socket.send(RunningHost.head(method, path, token: token, headers: lines))
                    var reader = AnswerReader(socket)
                    guard let answer = try reader.next(toHead: true) else { throw AppError(.internalError, "no answer to HEAD") }
                    return answer
                }
            }

            /// A new upload's path.
            func create(_ length: Int, metadata: String = "filename dGFibGUuY3N2,filetype dGV4dC9jc3Y=") async throws -> String {
                let answer = try await send("POST", ResumableTests.address, [("Upload-Length", "\(length)"), ("Upload-Metadata", metadata)])
                guard answer.status == 201, let location = answer["location"] else {
                    throw AppError(.internalError, "not created: \(answer.status) \(answer.text)")
                }
                return location
            }

            func patch(_ path: String, at offset: Int, _ bytes: some Sequence<UInt8>, checksum: String? = nil) async throws -> HTTPAnswer {
                var headers = [("Content-Type", "application/offset+octet-stream"), ("Upload-Offset", "\(offset)")]
                if let checksum { headers.append(("Upload-Checksum", checksum)) }
                return try await send("PATCH", path, headers, body: Array(bytes))
            }

            /// How far it is, and which file it has become.
            func progress(_ path: String) async throws -> (offset: Int64?, file: String?) {
                let answer = try await send("GET", path)
                guard answer.status == 200 else { throw AppError(.internalError, "\(answer.status) \(answer.text)") }
                return (try answer.json["offset"]?.integer, try answer.json["file_id"]?.string)
            }
        }

        /// Objects of the uploads handler of a tenant, as their files are called.
        private func objects(_ tenant: TenantID) throws -> [String] {
            let database = try TestDatabase.current
            let folder = "\(database.home)/\(database.name)/objects/tenants/\(tenant)/uploads"
            return File.isFolder(folder) ? try File.names(in: folder) : []
        }

        private func run(_ environment: [String: String] = [:], _ body: (Client, Member) async throws -> Void) async throws {
            let member = try await Member.make(1)
            try await RunningHost.run(.init(environment: environment)) { host in
                try await body(Client(host: host, token: try host.token(member)), member)
            }
        }

        @Test("a file in pieces becomes a file; each answer says how far it is") func whole() async throws {
            try await run { client, member in
                let path = try await client.create(bytes.count)
                let begun = try await client.send("HEAD", path)
                #expect(begun.status == 200 && begun["upload-offset"] == "0" && begun["upload-length"] == "\(bytes.count)")
                #expect(
                    begun["cache-control"] == "no-store" && begun["tus-resumable"] == "1.0.0" && begun["upload-expires"]?.hasSuffix(" GMT") == true)
                var offset = 0
                for count in [1, 65_536, 300_000, bytes.count] {
                    let piece = bytes[offset..<min(offset + count, bytes.count)]
                    let answer = try await client.patch(path, at: offset, piece)
                    offset += piece.count
                    #expect(answer.status == 204 && answer["upload-offset"] == "\(offset)", "\(answer.status) \(answer.text)")
                    #expect(answer["tus-resumable"] == "1.0.0" && answer["upload-expires"] != nil)
                }
                let (end, file) = try await client.progress(path)
                #expect(end == Int64(bytes.count) && file != nil)
                #expect(try objects(member.tenant).map { $0.prefix(6) } == ["files+"])
                // The end again changes nothing.
                #expect(try await client.patch(path, at: bytes.count, []).status == 204)
                #expect(try await client.patch(path, at: bytes.count, [1]).status == 204)
                #expect(try await client.progress(path).file == file)
                #expect(try await TestDatabase.current.query("select 1 from app.resumable_parts").isEmpty)
            }
        }

        @Test("OPTIONS says what is spoken; a page's preflight is answered as everywhere") func options() async throws {
            try await run(["TENANTRY_CORS_ORIGINS": "https://app.example.com"]) { client, _ in
                for path in [Self.address, "\(Self.address)/\(UUID.zero)"] {
                    let answer = try await client.host.request("OPTIONS", path)
                    #expect(answer.status == 204 && answer["tus-version"] == "1.0.0" && answer["tus-max-size"] == "1073741824")
                    #expect(answer["tus-extension"] == "creation,expiration,checksum,termination")
                    #expect(answer["tus-checksum-algorithm"] == "sha1,sha256")
                }
                let preflight = try await client.host.request(
                    "OPTIONS", "\(Self.address)/\(UUID.zero)",
                    headers: [
                        ("Origin", "https://app.example.com"), ("Access-Control-Request-Method", "PATCH"),
                        ("Access-Control-Request-Headers", "upload-offset"),
                    ])
                #expect(preflight.status == 204 && preflight["access-control-allow-methods"]?.contains("PATCH") == true)
                #expect(preflight["access-control-allow-headers"]?.contains("upload-offset") == true && preflight["tus-version"] == nil)
            }
        }

        @Test("requests that are wrong are refused, each with its own code, and nothing moves") func refusals() async throws {
            try await run { client, _ in
                let path = try await client.create(1000)
                #expect(try await client.patch(path, at: 0, bytes.prefix(400)).status == 204)
                let piece = [("Content-Type", "application/offset+octet-stream"), ("Upload-Offset", "400")]
                let more = Array(bytes[400..<500])
                func expect(_ status: Int, _ answer: HTTPAnswer, _ what: String) {
                    #expect(answer.status == status, "\(what): \(answer.status) \(answer.text)")
                }
                for version in [nil, "0.2.2", "1.0.1"] as [String?] {
                    for method in ["HEAD", "PATCH", "DELETE"] {
                        let answer = try await client.send(method, path, piece, body: method == "PATCH" ? more : nil, version: version)
                        expect(412, answer, "\(method) \(version ?? "no version")")
                        if version != nil { #expect(answer["tus-version"] == "1.0.0") }
                    }
                    expect(412, try await client.send("POST", Self.address, [("Upload-Length", "10")], version: version), "POST")
                }
                expect(409, try await client.patch(path, at: 0, more), "an offset behind")
                expect(409, try await client.patch(path, at: 500, more), "an offset ahead")
                expect(
                    415, try await client.send("PATCH", path, [("Content-Type", "text/csv"), ("Upload-Offset", "400")], body: more), "another type")
                expect(400, try await client.send("PATCH", path, [piece[0]], body: more), "no offset")
                for offset in ["-1", "x", "", "4e2", "99999999999999999999"] {
                    expect(400, try await client.send("PATCH", path, [piece[0], ("Upload-Offset", offset)], body: more), "at \(offset)")
                }
                expect(413, try await client.patch(path, at: 400, bytes.prefix(601)), "more than is lacking")
                expect(400, try await client.send("PATCH", path, piece + [("Idempotency-Key", "k")], body: more), "a key")
                let sha1 = "sha1 \(Base64.standard.encode(Array(repeating: 0, count: 20)))="
                expect(460, try await client.patch(path, at: 400, more, checksum: sha1), "another checksum")
                for text in ["md5 AAAA", "sha1", "sha1 AAAA", "sha256 \(Base64.standard.encode(Array(repeating: 0, count: 20)))", "sha1 !"] {
                    expect(400, try await client.patch(path, at: 400, more, checksum: text), text)
                }
                expect(404, try await client.patch("\(Self.address)/\(UUID.zero)", at: 0, more), "nobody's")
                #expect(try await client.progress(path).offset == 400)
                for length in ["0", "-1", "x", "1e3"] {
                    expect(400, try await client.send("POST", Self.address, [("Upload-Length", length)]), length)
                }
                expect(413, try await client.send("POST", Self.address, [("Upload-Length", "1073741825")]), "too long")
                expect(400, try await client.send("POST", Self.address), "no length")
                expect(400, try await client.send("POST", Self.address, [("Upload-Defer-Length", "1")]), "deferred")
                for metadata in ["a b c", "a !!", ",", "a YQ==,a YQ==", "\(String(repeating: "a", count: 65)) YQ==", "a /w=="] {
                    expect(400, try await client.send("POST", Self.address, [("Upload-Length", "10"), ("Upload-Metadata", metadata)]), metadata)
                }
            }
        }

        @Test("checksums of both kinds are checked") func checksums() async throws {
            try await run { client, _ in
                let path = try await client.create(bytes.count)
                var sha1 = SHA1()
                sha1.update(Array(bytes.prefix(1000)))
                let first = "sha1 \(Base64.standard.encode(sha1.finalize()))="
                #expect(try await client.patch(path, at: 0, bytes.prefix(1000), checksum: first).status == 204)
                let second = "sha256 \(Base64.standard.encode(SHA256.hash(Array(bytes[1000...])).bytes))="
                #expect(try await client.patch(path, at: 1000, bytes[1000...], checksum: second).status == 204)
                #expect(try await client.progress(path).file != nil)
            }
        }

        @Test("another tenant's upload is not there; one that is given up is gone, with its bytes") func termination() async throws {
            let other = try await Member.make(2)
            try await run { client, member in
                let path = try await client.create(bytes.count)
                #expect(try await client.patch(path, at: 0, bytes.prefix(1000)).status == 204)
                let stranger = Client(host: client.host, token: try client.host.token(other))
                for method in ["HEAD", "DELETE"] { #expect(try await stranger.send(method, path).status == 404) }
                #expect(try await stranger.patch(path, at: 1000, bytes[1000..<1001]).status == 404)
                #expect(try objects(member.tenant).count == 1)
                let answer = try await client.send("POST", path, [("X-HTTP-Method-Override", "DELETE")], body: [])
                #expect(answer.status == 204)
                #expect(try await client.send("HEAD", path).status == 404)
                #expect(try await client.send("DELETE", path).status == 404)
                #expect(try objects(member.tenant) == [])
                #expect(try await client.send("POST", path, [("X-HTTP-Method-Override", "GET")], body: []).status == 400)
            }
        }

        @Test("what came of a piece when its connection broke counts, and the client goes on from there") func cutOff() async throws {
            try await run { client, _ in
                let path = try await client.create(bytes.count)
                let head = RunningHost.head(
                    "PATCH", path, token: client.token,
                    headers: [("Content-Type", "application/offset+octet-stream"), ("Upload-Offset", "0"), ("Tus-Resumable", "1.0.0")],
                    length: bytes.count)
                let sent = Array(bytes.prefix(200_000))
                let socket = try await client.host.connect()
                try await Blocking.run { _ = try socket.send(head + sent) }
                socket.drop()
                try await client.host.eventually("the part is there") { try await client.progress(path).offset == Int64(sent.count) }
                #expect(try await client.patch(path, at: sent.count, bytes[sent.count...]).status == 204)
                #expect(try await client.progress(path).file != nil)
            }
        }

        @Test("of pieces that come at once for one offset one counts") func race() async throws {
            try await run { client, member in
                let path = try await client.create(bytes.count)
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<6 { group.addTask { try await client.patch(path, at: 0, bytes.prefix(100_000)).status } }
                    return try await group.reduce(into: [Int]()) { $0.append($1) }
                }
                #expect(statuses.count { $0 == 204 } == 1 && statuses.count { $0 == 409 } == 5, "\(statuses)")
                #expect(try await client.progress(path).offset == 100_000)
                #expect(try objects(member.tenant).count == 1)
                #expect(try await client.patch(path, at: 100_000, bytes[100_000...]).status == 204)
            }
        }

        @Test("pitfall 47: no connection of the database is held while the bytes of a piece are kept") func unpinned() async throws {
            let server = try await S3StandIn()
            try await run(server.environment) { client, _ in
                let path = try await client.create(bytes.count)
                try await server.control("hold")
                async let answer = client.patch(path, at: 0, bytes)
                try await client.host.eventually("the piece is on its way") { try await server.control("state")["held"]?.integer ?? 0 > 0 }
                let busy = try await TestDatabase.current.query(
                    "select usename, state, query from pg_stat_activity where datname = current_database() and usename like '%_h_uploads' and (state <> 'idle' or xact_start is not null)"
                )
                #expect(busy.isEmpty)
                try await server.control("release")
                #expect(try await answer.status == 204)
            }
            server.program.signal(SIGKILL)
        }

        @Test("pitfall 47: an upload that expires is gone, with its bytes, though nobody asks for it; one that goes on does not expire under way")
        func expiry() async throws {
            try await run { client, member in
                let path = try await client.create(bytes.count)
                let late = try await client.create(bytes.count)
                for upload in [path, late] { #expect(try await client.patch(upload, at: 0, bytes.prefix(1000)).status == 204) }
                try await TestDatabase.current.execute("update app.resumable_uploads set expires_at = now() - interval '30 minutes'")
                // What began in time may still arrive, and moves the end on.
                #expect(try await client.patch(late, at: 1000, bytes[1000..<2000]).status == 204)
                try await TestDatabase.current.execute(
                    "update app.resumable_uploads set expires_at = now() - interval '2 hours' where expires_at < now()")
                #expect(try await client.send("HEAD", path).status == 410)
                #expect(try await client.patch(path, at: 1000, bytes[1000..<2000]).status == 410)
                #expect(try objects(member.tenant).count == 3)
                // A day and an hour have passed.
                try await TestDatabase.current.execute("update tenancy.file_work set due_at = now() where kind = 'expire'")
                try await client.host.eventually("it is gone") { try await client.send("HEAD", path).status == 404 }
                try await client.host.eventually("its bytes are gone") { try objects(member.tenant).count == 2 }
                try await client.host.eventually("the other one is put off") {
                    let left = try await TestDatabase.current.query(
                        "select due_at > now() + interval '1 day' from tenancy.file_work where kind = 'expire'")
                    return try left.count == 1 && left[0].bool(0)
                }
                #expect(try await client.progress(late).offset == 2000)
            }
        }

        @Test("an upload whose file could not be made yet is finished by who asks for it next") func finishedLater() async throws {
            try await run { client, member in
                let path = try await client.create(bytes.count)
                #expect(try await client.patch(path, at: 0, bytes.prefix(1000)).status == 204)
                let database = try TestDatabase.current
                let folder = "\(database.home)/\(database.name)/objects/tenants/\(member.tenant)/uploads"
                let part = try #require(try objects(member.tenant).first)
                #expect(rename("\(folder)/\(part)", "\(folder)/../hidden") == 0)
                #expect(try await client.patch(path, at: 1000, bytes[1000...]).status >= 400)
                #expect(rename("\(folder)/../hidden", "\(folder)/\(part)") == 0)
                let head = try await client.send("HEAD", path)
                #expect(head.status == 200 && head["upload-offset"] == "\(bytes.count)")
                #expect(try await client.progress(path).file != nil)
            }
        }

        @Test("a gateway that is killed while a piece is kept loses no piece that was answered, and leaves no half one") func killed() async throws {
            let member = try await Member.make(1)
            let server = try await S3StandIn()
            let options = RunningHost.Options(environment: server.environment)
            let path = try await RunningHost.run(options) { host in
                let client = Client(host: host, token: try host.token(member))
                let path = try await client.create(bytes.count)
                #expect(try await client.patch(path, at: 0, bytes.prefix(100_000)).status == 204)
                try await server.control("hold")
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try? await client.patch(path, at: 100_000, bytes[100_000...]) }
                    try? await host.eventually("the piece is on its way") { try await server.control("state")["held"]?.integer ?? 0 > 0 }
                    host.program.signal(SIGKILL)
                }
                return path
            }
            try await server.control("release")
            try await RunningHost.run(options) { host in
                let client = Client(host: host, token: try host.token(member))
                #expect(try await client.progress(path).offset == 100_000)
                #expect(try await client.patch(path, at: 100_000, bytes[100_000...]).status == 204)
                #expect(try await client.progress(path).file != nil)
            }
            server.program.signal(SIGKILL)
        }

        @Test("a tenant has so many unfinished uploads and no more") func bounded() async throws {
            try await run { client, _ in
                for _ in 0..<100 { _ = try await client.create(10) }
                #expect(try await client.send("POST", Self.address, [("Upload-Length", "10")]).status == 429)
            }
        }
    }
}
