import Kernel
import Postgres
import TableSupport
import TestSupport
import Testing

extension EndToEnd {
    /// Files that are no delimited text: what is found in them, and their values.
    @Suite("Other forms of files", .testDatabase) struct OtherForms {
        /// A gzip file (RFC 1952) of one block that is stored as it is.
        private static func gzip(_ text: String) -> [UInt8] {
            let bytes = Array(text.utf8)
            var crc: UInt32 = .max
            for byte in bytes {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
            }
            func little(_ value: UInt32, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) } }
            let length = UInt32(bytes.count)
            return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1] + little(length, 2) + little(~length, 2) + bytes + little(~crc, 4) + little(length, 4)
        }

        private static let records = """
            [{"day": "2026-01-01", "figures": {"sales": 1.5, "visits": 10}}, {"day": "2026-01-02", "figures": {"sales": 2.5, "visits": 20}},
             {"day": "2026-01-03", "figures": {"sales": null, "visits": 30}}]
            """

        @Test("objects of JSON become rows, what is nested columns of its path; they are imported as a table is") func json() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let file = try await world.read(Self.records, name: "figures.json")
                #expect(file["status"] == "completed" && file["kind"] == "json", "\(file)")
                let page = try await world.get("/files/\(file["id"]?.string ?? "")/preview")
                let names = try #require(page["columns"]?.array?.compactMap { $0["name"]?.string })
                #expect(names == ["day", "figures.sales", "figures.visits"], "\(page)")
                #expect(page["data"] == [["2026-01-01", 1.5, 10], ["2026-01-02", 2.5, 20], ["2026-01-03", .null, 30]], "\(page)")
                let done = try await world.runImport(file, ["business_id": .string("\(world.business)")])
                #expect(done["status"] == "completed" && done["result"]?["values_new"] == 5, "\(done)")
                #expect(try await world.values().first == "figures.sales 2026-01-01 1.5")
            }
        }

        /// A workbook whose one sheet holds two tables below each other; 46023 is 2026-01-01.
        private static let twoTables: [UInt8] = {
            func row(_ number: Int, _ cells: [String]) -> String { "<row r='\(number)'>\(cells.joined())</row>" }
            func text(_ text: String) -> String { "<c t='str'><v>\(text)</v></c>" }
            func day(_ day: Int) -> String { "<c s='1'><v>\(46_023 + day)</v></c>" }
            func number(_ value: Int) -> String { "<c><v>\(value)</v></c>" }
            let first = (0..<3).map { row($0 + 2, [day($0), number($0 + 1), number(10 * $0)]) }
            let second = (0..<4).map { row($0 + 8, [text("Ulm"), day($0), number(100 + $0)]) }
            return SheetXML.book(
                row(1, [text("day"), text("sales"), text("visits")]) + first.joined() + row(6, [text("By town")])
                    + row(7, [text("town"), text("date"), text("staff")]) + second.joined(), formats: ["yyyy-mm-dd"])
        }()

        @Test("of two tables in a sheet each has its rows, its statistics and its import") func tablesOfASheet() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let sent = try await world.upload(Self.twoTables, name: "towns.xlsx")
                let id = try sent.json["id"]?.string ?? ""
                let file = try await world.settled("/files/\(id)")
                let tables = file["summary"]?["tables"]?.array ?? []
                #expect(tables.map { $0["name"] } == ["Data", "Data #2"] && tables.map { $0["rows"] } == [3, 4], "\(file)")
                let page = try await world.get("/files/\(id)/preview?table=Data%20%232&offset=1&limit=2")
                #expect(page["columns"]?.array?.map { $0["name"] } == ["town", "date", "staff"], "\(page)")
                #expect(page["data"] == [["Ulm", "2026-01-02", 101], ["Ulm", "2026-01-03", 102]] && page["total_rows"] == 4, "\(page)")
                #expect(try await world.get("/files/\(id)/preview")["data"]?.array?.count == 3)
                let found = try await world.get("/files/\(id)/statistics?table=Data%20%232")
                #expect(found["rows"] == 4 && found["columns"]?[2]?["sum"] == 406, "\(found)")
                let unknown = try await host.get("/files/\(id)/preview?table=Data%20%233", token: world.token)
                #expect(unknown.status == 404 && unknown.text.contains("Data #2"), "\(unknown.text)")
                let done = try await world.runImport(
                    file,
                    [
                        "mapping": [
                            "layout": "wide", "table": "Data #2", "time_column": "date", "business_id": .string("\(world.business)"),
                            "metrics": [["column": "staff"]],
                        ]
                    ])
                #expect(done["status"] == "completed" && done["result"]?["rows_read"] == 4, "\(done)")
                #expect(
                    try await world.values() == [
                        "staff 2026-01-01 100.0", "staff 2026-01-02 101.0", "staff 2026-01-03 102.0", "staff 2026-01-04 103.0",
                    ])
            }
        }

        @Test("what is packed is read as what it holds") func packed() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let answer = try await world.upload(Self.gzip(FilesWorld.days(0..<9)), name: "days.csv.gz")
                let file = try await world.settled("/files/\(try answer.json["id"]?.string ?? "")")
                #expect(file["status"] == "completed" && file["kind"] == "csv.gzip", "\(file)")
                let done = try await world.runImport(file, ["mapping": world.mapping])
                #expect(done["result"]?["values_new"] == 9, "\(done)")
            }
        }

        @Test(
            "bad input: JSON that breaks off and a packed file that was changed fail with the place and leave no value", arguments: ["json", "gzip"])
        func broken(form: String) async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                var packed = Self.gzip(FilesWorld.days(0..<9))
                packed[20] ^= 1
                let answer =
                    try await form == "json"
                    ? world.upload(Array(#"[{"day": "2026-01-01", "sales": 1}, {"day": "#.utf8), name: "a.json") : world.upload(packed)
                let file = try await world.settled("/files/\(try answer.json["id"]?.string ?? "")")
                #expect(file["status"] == "failed" && file["error"]?["code"] == "UNPROCESSABLE_FILE", "\(file)")
                #expect(file["error"]?["message"]?.string?.contains("byte") == true || form == "gzip", "\(file)")
                let begun = try await host.post(
                    "/files/\(file["id"]?.string ?? "")/import", token: world.token, json: ["business_id": .string("\(world.business)")])
                #expect(begun.status == 409, "\(begun.text)")
            }
        }
    }
}
