import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// What is done with files when nobody waits, and whatever dies meanwhile.
    @Suite("Work on files", .testDatabase) struct FileWork {
        /// Long enough to be met at it.
        private static let longDays = 0..<400_000

        private func kill(_ host: RunningHost) throws {
            for pid in try host.processes(of: "uploads-handler") { Glibc.kill(pid, SIGKILL) }
        }

        @Test("pitfall 47: a handler that is killed while it reads or imports begins anew; nothing is lost, nothing is there twice") func killed()
            async throws
        {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let answer = try await world.upload(FilesWorld.days(Self.longDays))
                let id = try answer.json["id"]?.string ?? ""
                try await host.eventually("it is read") { try await world.get("/files/\(id)")["status"] == "processing" }
                try kill(host)
                let file = try await world.settled("/files/\(id)")
                #expect(file["status"] == "completed" && file["summary"]?["tables"]?[0]?["rows"] == .integer(Int64(Self.longDays.count)), "\(file)")
                let begun = try await host.post("/files/\(id)/import", token: world.token, json: ["mapping": world.mapping])
                let importID = try begun.json["id"]?.string ?? ""
                try await RunningHost.eventually("a transaction of it is open", within: .seconds(30)) {
                    try await TestDatabase.current.query(
                        "select count(*) from pg_stat_activity where datname = current_database() and usename like '%\\_h\\_uploads' and query like '%kpi_data%' and xact_start is not null"
                    )[0]
                    .int64(0) > 0
                }
                #expect(try await world.values().isEmpty, "a reader saw a part of an import")
                try kill(host)
                let done = try await world.settled("/imports/\(importID)", within: .seconds(120))
                #expect(done["status"] == "completed", "\(done)")
                #expect(try await world.count("app.kpi_data") == Int64(Self.longDays.count))
                #expect(try await world.count("tenancy.file_work") == 0)
            }
        }

        @Test("a gateway that is killed leaves its work to the next one, once its claim is over") func gateway() async throws {
            let (world, id) = try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let id = try await world.upload(FilesWorld.days(Self.longDays)).json["id"]?.string ?? ""
                try await host.eventually("it is read") { try await world.get("/files/\(id)")["status"] == "processing" }
                return (world, id)
            }
            #expect(try await world.count("tenancy.file_work") == 1)
            try await TestDatabase.current.execute("update tenancy.file_work set claimed_until = '-infinity'")
            try await RunningHost.run { host in
                let next = FilesWorld(host: host, member: world.member, business: world.business, token: try host.token(world.member))
                let file = try await next.settled("/files/\(id)")
                #expect(file["status"] == "completed" && file["summary"]?["tables"]?[0]?["rows"] == .integer(Int64(Self.longDays.count)), "\(file)")
            }
        }

        @Test("reading and importing stop when somebody asks; nothing of the import stays") func cancelled() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let id = try await world.upload(FilesWorld.days(Self.longDays)).json["id"]?.string ?? ""
                let stopped = try await host.request("POST", "/files/\(id)/cancel", token: world.token)
                #expect(try stopped.status == 200 && stopped.json["status"] == "cancelled", "\(stopped.text)")
                #expect(try await host.request("POST", "/files/\(id)/cancel", token: world.token).status == 409)
                _ = try await host.request(
                    "PUT", "/files/\(id)/shape", token: world.token, headers: [("content-type", "application/json")],
                    body: Array(#"{"shape": {}}"#.utf8))
                let file = try await world.settled("/files/\(id)")
                #expect(file["status"] == "completed", "\(file)")
                let begun = try await host.post("/files/\(id)/import", token: world.token, json: ["mapping": world.mapping])
                let importID = try begun.json["id"]?.string ?? ""
                try await host.eventually("it runs") { try await world.get("/imports/\(importID)")["status"] == "processing" }
                #expect(try await host.request("POST", "/imports/\(importID)/cancel", token: world.token).status == 200)
                let done = try await world.settled("/imports/\(importID)")
                #expect(done["status"] == "cancelled", "\(done)")
                #expect(try await world.values().isEmpty)
                #expect(try await world.count("app.kpi_sources") == 0)
            }
        }

        @Test("a storage that is away for more than three tries fails no file: it is read once the storage is there again") func storageAway()
            async throws
        {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let id = try await world.read(FilesWorld.days(0..<9))["id"]?.string ?? ""
                let objects = "\(host.home)/objects"
                #expect(rename(objects, "\(objects).away") == 0)
                try File.write([], to: objects)
                let again = try await host.request(
                    "PUT", "/files/\(id)/shape", token: world.token, headers: [("content-type", "application/json")],
                    body: Array(#"{"shape": {}}"#.utf8))
                #expect(again.status == 202, "\(again.text)")
                let soon = "update tenancy.file_work set due_at = '-infinity' where due_at > now()"
                try await RunningHost.eventually("six tries have failed", within: .seconds(60)) {
                    try await TestDatabase.current.execute(soon)
                    return try await TestDatabase.current.query("select attempt from app.files")[0].int32(0) >= 8
                }
                #expect(try await world.get("/files/\(id)")["status"] == "processing")
                #expect(unlink(objects) == 0 && rename("\(objects).away", objects) == 0)
                try await RunningHost.eventually("it is read", within: .seconds(60)) {
                    try await TestDatabase.current.execute(soon)
                    return try await world.get("/files/\(id)")["status"] == "completed"
                }
            }
        }

        @Test("an import that is cancelled just before its end stores nothing", arguments: [false, true]) func cancelledLate(isDryRun: Bool)
            async throws
        {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let shop = { (day: Int) in day == 7 ? "Oder" : "Ems" }
                let rows = (0..<20).map { "2026-01-\($0 < 9 ? "0" : "")\($0 + 1);\(shop($0));\($0 * 3)\n" }
                let file = try await world.read("day;shop;sales\n" + rows.joined())
                let mapping: JSONValue = [
                    "layout": "wide", "time_column": "day", "business_column": "shop", "businesses": ["Ems": .string("\(world.business)")],
                    "metrics": [["column": "sales"]],
                ]
                let database = try TestDatabase.current
                // Rows that were left out are kept right before the end.
                let id = try await Blocker.hold("app.import_refusals", "exclusive", database) { _ in
                    let begun = try await host.post(
                        "/files/\(file["id"]?.string ?? "")/import", token: world.token,
                        json: ["mapping": mapping, "dry_run": .bool(isDryRun)])
                    let id = try #require(try begun.json["id"]?.string, "\(begun.text)")
                    try await Blocker.waits(database, "uploads")
                    let stopped = try await host.request("POST", "/imports/\(id)/cancel", token: world.token)
                    #expect(stopped.status == 200, "\(stopped.text)")
                    return id
                }
                let done = try await world.settled("/imports/\(id)")
                #expect(done["status"] == "cancelled", "\(done)")
                #expect(try await world.values().isEmpty)
            }
        }

        private func listen(_ host: RunningHost, _ token: String) async throws -> (RawSocket, AnswerReader) {
            try await Blocking.run { [port = host.port] in
                let socket = try RawSocket(port: port)
                try socket.send(RunningHost.head("GET", "/files/events?from=0", token: token, headers: [("Accept", "text/event-stream")]))
                var reader = AnswerReader(socket)
                guard let head = try reader.head(), head.status == 200 else { throw AppError(.internalError, "no stream") }
                return (socket, reader)
            }
        }

        /// What comes until a file is completed.
        private func heard(_ socket: RawSocket, _ reader: AnswerReader) async throws -> String {
            try await Blocking.run {
                var reader = reader
                var text = ""
                while !text.contains(#""status":"completed""#), let chunk = try reader.chunk(), !chunk.isEmpty {
                    text += String(decoding: chunk, as: UTF8.self)
                }
                return text
            }
        }

        @Test("listeners hear of each file until it is over, and of nobody else's") func events() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let other = try await FilesWorld.make(host, 2)
                _ = try await other.read(FilesWorld.days(0..<9))
                let (socket, reader) = try await listen(host, world.token)
                let file = try await world.read(FilesWorld.days(0..<3))
                let text = try await heard(socket, reader)
                let ids = text.split(separator: "\n").filter { $0.hasPrefix("id: ") }.compactMap { Int($0.dropFirst(4)) }
                #expect(!ids.isEmpty && ids == ids.sorted())
                let heard = text.split(separator: "\n").filter { $0.hasPrefix("data: ") }
                #expect(heard.allSatisfy { $0.contains(file["id"]?.string ?? "-") }, "\(text)")
                let without = try await host.get("/files/events", token: world.token)
                #expect(without.status == 400, "\(without.text)")
            }
        }

        @Test("privacy-02: what a plan keeps no longer goes with its files; bytes that nobody finished sending go too") func retained() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let file = try await world.read(FilesWorld.days(0..<3))
                try await TestDatabase.current.execute(
                    """
                    insert into tenancy.plans (name, title, retention_days) values ('short', 'Short', 30);
                    update tenancy.tenants set plan = 'short' where id = '\(world.member.tenant)';
                    update app.files set created_at = now() - interval '40 days';
                    insert into app.files (tenant_id, id, user_id, name, original_name, mime_type, position)
                        values ('\(world.member.tenant)', '\(world.business)', '\(world.member.user)', 'half', 'half', 'text/csv', 0);
                    insert into tenancy.file_work (tenant_id, kind, id, due_at) values ('\(world.member.tenant)', 'remove', '\(world.business)', now());
                    delete from tenancy.retentions;
                    """)
                #expect(file["status"] == "completed")
                try await host.eventually("the half one is gone") { try await world.count("tenancy.file_work") == 0 }
                #expect(try await world.count("app.files") == 1)
            }
            // Retention looks once at the start.
            try await RunningHost.run { host in
                try await RunningHost.eventually("the old one is gone", within: .seconds(30)) {
                    let left = try await TestDatabase.current.query(
                        "select (select count(*) from app.files) + (select count(*) from tenancy.file_work)")
                    return try left[0].int64(0) == 0
                }
            }
        }
    }
}
