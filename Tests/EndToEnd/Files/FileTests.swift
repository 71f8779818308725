import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Files that are kept: what comes in, what is known of it, and its end.
    @Suite("Files", .testDatabase) struct Files {
        @Test("a file is kept, read, shown, listed, downloaded as it came and removed; its bytes go with it") func life() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let text = FilesWorld.days(0..<40)
                let answer = try await world.upload(text, name: "sales%20one.csv")
                #expect(answer.status == 202, "\(answer.text)")
                let id = try #require(try answer.json["id"]?.string)
                #expect(answer["location"] == "/api/v1/files/\(id)")
                let file = try await world.settled("/files/\(id)")
                #expect(file["status"] == "completed" && file["name"] == "sales one.csv" && file["progress"] == 1, "\(file)")
                #expect(file["size"]?.integer == Int64(text.utf8.count) && file["summary"]?["tables"]?[0]?["rows"] == 40)
                #expect(try await world.get("/files")["files"]?.array?.count == 1)
                let content = try await host.get("/files/\(id)/content", token: world.token)
                #expect(content.text == text && content["content-type"] == "application/octet-stream")
                #expect(content["content-disposition"] == "attachment; filename=\"sales one.csv\"; filename*=UTF-8''sales%20one.csv")
                #expect(try await host.request("DELETE", "/files/\(id)", token: world.token).status == 204)
                #expect(try await host.get("/files/\(id)", token: world.token).status == 404)
                try await host.eventually("its bytes are gone") { try await world.count("tenancy.file_work") == 0 }
            }
        }

        @Test("the same bytes are recognized: the answer is the file that is there, and nothing is kept or counted twice") func twice() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let first = try await world.read(FilesWorld.days(0..<5))
                let second = try await world.upload(FilesWorld.days(0..<5), name: "other.csv")
                #expect(second.status == 200)
                #expect(try second.json["duplicate"] == true && second.json["id"] == first["id"], "\(second.text)")
                #expect(try await world.count("app.files") == 1)
                let used = try await TestDatabase.current.query(
                    "select used from tenancy.quotas($1) where metric = 'uploads'", [.id(world.member.tenant)])
                #expect(try used[0].int64(0) == 1)
                // Another tenant with the same bytes has a file of its own.
                let other = try await FilesWorld.make(host, 2)
                #expect(try await other.upload(FilesWorld.days(0..<5)).status == 202)
            }
        }

        @Test("preview pages through the rows, typed and raw; statistics tell of the columns") func preview() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let file = try await world.read("Tag;Umsatz;Ort\n01.02.2026;1.234,50;Ulm\n02.02.2026;2,25;Köln\n13.02.2026;;Ulm\n")
                #expect(file["status"] == "completed", "\(file)")
                let id = file["id"]?.string ?? ""
                let typed = try await world.get("/files/\(id)/preview?limit=2&offset=1")
                #expect(typed["data"] == [["2026-02-02", 2.25, "Köln"], ["2026-02-13", .null, "Ulm"]], "\(typed)")
                #expect(typed["total_rows"] == 3 && typed["columns"]?.array?.compactMap { $0["name"]?.string } == ["Tag", "Umsatz", "Ort"])
                let raw = try await world.get("/files/\(id)/preview?raw=true&limit=1")
                #expect(
                    raw["ok"] == true && raw["header"] == ["Tag", "Umsatz", "Ort"] && raw["rows"] == [["01.02.2026", "1.234,50", "Ulm"]], "\(raw)")
                #expect(raw["detected"]?["delimiter"] == ";" && raw["row_count"] == 3)
                let statistics = try await world.get("/files/\(id)/statistics")
                #expect(statistics["rows"] == 3 && statistics["columns"]?.array?.count == 3, "\(statistics)")
                let nothing = try await host.get("/files/\(UUID.zero)/preview", token: world.token)
                #expect(nothing.status == 404)
                #expect(try await host.get("/files/\(id)/preview?limit=1001", token: world.token).status == 400)
            }
        }

        @Test("a preview deep in a large file begins at a place near its rows, which keep their numbers") func deep() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                var text = "day;sales;remark\n"
                let remark = String(repeating: "a remark ", count: 18)
                for row in 0..<60_000 { text += "2026-01-0\(row % 9 + 1);\(row);\(remark)\n" }
                let file = try await world.read(text)
                let id = file["id"]?.string ?? ""
                let places = try await TestDatabase.current.query(
                    "select jsonb_array_length(report #> '{tables,0,places,places}') from app.files")
                #expect(try places[0].int32(0) == 2, "\(file)")
                for row in [0, 20_000, 30_000, 59_990] {
                    let page = try await world.get("/files/\(id)/preview?offset=\(row)&limit=20")
                    #expect(page["data"]?.array?.count == min(20, 60_000 - row))
                    #expect(page["data"]?[0]?[1]?.integer == Int64(row) && page["total_rows"] == 60_000, "\(page["data"]?[0] ?? .null)")
                }
            }
        }

        @Test("bad input: an empty file, and one of no kind that is read, get a 4xx and leave nothing") func refused() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let empty = try await world.upload("")
                #expect(empty.status == 422 && empty.errorCode == "UNPROCESSABLE_FILE", "\(empty.text)")
                let image = try await world.upload(
                    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 0, count: 100), name: "x.csv")
                #expect(image.status == 415 && image.errorCode == "UNSUPPORTED_MEDIA_TYPE", "\(image.text)")
                let other = try await host.request(
                    "POST", "/files/upload?business_id=\(UUID.zero)&delimiter=%3B", token: world.token, headers: [("content-type", "text/csv")],
                    body: Array("day;sales\n".utf8))
                #expect(other.status == 404, "\(other.text)")
                #expect(try await world.count("app.files") == 0)
            }
        }

        @Test("what its owner knows better counts: a file is read anew by it") func shape() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let file = try await world.read("a,b;c\n1,2;3\n4,5;6\n", query: "&delimiter=%2C")
                let id = file["id"]?.string ?? ""
                #expect(try await world.get("/files/\(id)/preview?raw=true")["header"] == ["a", "b;c"])
                let put = try await host.request(
                    "PUT", "/files/\(id)/shape", token: world.token, headers: [("content-type", "application/json")],
                    body: Array(#"{"shape": {"delimiter": ";"}}"#.utf8))
                #expect(put.status == 202, "\(put.text)")
                _ = try await world.settled("/files/\(id)")
                #expect(try await world.get("/files/\(id)/preview?raw=true")["header"] == ["a,b", "c"])
                let wrong = try await host.request(
                    "PUT", "/files/\(id)/shape", token: world.token, headers: [("content-type", "application/json")],
                    body: Array(#"{"shape": {"delimitre": ";"}}"#.utf8))
                #expect(wrong.status == 400 && wrong.text.contains("delimitre"), "\(wrong.text)")
            }
        }

        @Test("a file for a business that is not clean enough to be read on the way is imported by what was found") func fallback() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let answer = try await host.request(
                    "POST", "/data/upload?business_id=\(world.business)", token: world.token, headers: [("content-type", "text/csv")],
                    body: Array("Bericht 2026\n\nTag;Umsatz\n01.02.2026;1.234,50\n02.02.2026;2,25\n13.02.2026;7\n".utf8))
                #expect(answer.status == 202, "\(answer.text)")
                let file = try await world.settled("/files/\(try answer.json["id"]?.string ?? "")")
                #expect(file["status"] == "completed", "\(file)")
                let statistics = try await world.get("/files/\(file["id"]?.string ?? "")/statistics")
                #expect(statistics["mapping"]?["time_column"] == "Tag", "\(statistics)")
                var imports = JSONValue.null
                try await host.eventually("an import has begun") {
                    imports = try await world.get("/imports")["imports"]?[0] ?? .null
                    return !imports.isNull
                }
                let done = try await world.settled("/imports/\(imports["id"]?.string ?? "")")
                #expect(done["status"] == "completed", "\(done)")
                #expect(try await world.values() == ["Umsatz 2026-02-01 1234.5", "Umsatz 2026-02-02 2.25", "Umsatz 2026-02-13 7.0"])
            }
        }
    }
}
