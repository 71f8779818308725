import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Files that become values of KPIs, and what takes that back.
    @Suite("Imports", .testDatabase) struct Imports {
        @Test("a dry run says what would happen and stores nothing; the import does exactly that; undo leaves nothing") func round() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let file = try await world.read(FilesWorld.days(0..<30))
                let looked = try await world.runImport(file, ["mapping": world.mapping, "dry_run": true])
                #expect(looked["status"] == "completed" && looked["result"]?["values_new"] == 30, "\(looked)")
                #expect(try await world.values().isEmpty)
                #expect(try await world.count("app.kpi_sources") == 0)
                let done = try await world.runImport(file, ["mapping": world.mapping])
                #expect(done["result"] == looked["result"], "\(done)")
                #expect(try await world.values().count == 30)
                let again = try await world.runImport(file, ["mapping": world.mapping])
                #expect(again["result"]?["values_new"] == 0 && again["result"]?["values_unchanged"] == 30, "\(again)")
                let dry = try await world.undo(looked)
                #expect(dry.status == 409, "\(dry.text)")
                let undone = try await world.undo(done)
                #expect(try undone.status == 200 && undone.json["status"] == "undone", "\(undone.text)")
                #expect(try await world.values().isEmpty)
                #expect(try await world.undo(done).status == 409)
                _ = try await world.undo(again)
                #expect(try await world.count("app.kpi_sources") == 0)
            }
        }

        @Test(
            "undo in any order: what stood there before the import that goes stands again, whoever came behind it",
            arguments: [[0, 1, 2], [1, 0, 2], [2, 1, 0], [1, 2, 0]])
        func order(_ order: [Int]) async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let ranges = [0..<10, 5..<15, 3..<12]
                var imports: [JSONValue] = []
                for (index, range) in ranges.enumerated() {
                    let file = try await world.read(FilesWorld.days(range, factor: index + 2))
                    imports.append(try await world.runImport(file, ["mapping": world.mapping]))
                    #expect(imports[index]["status"] == "completed", "\(imports[index])")
                }
                var standing = [0, 1, 2]
                for index in order {
                    #expect(try await world.undo(imports[index]).status == 200)
                    standing.removeAll { $0 == index }
                    var expected: [Int: Int] = [:]
                    for kept in standing { for day in ranges[kept] { expected[day] = day * (kept + 2) } }
                    let values = try await world.values().map { $0.split(separator: " ").last.map(String.init) ?? "" }
                    #expect(values == expected.sorted { $0.key < $1.key }.map { "\(Double($0.value))" }, "without \(index)")
                }
                #expect(try await world.count("app.import_replaced") == 0)
                #expect(try await world.count("app.kpi_sources") == 0)
            }
        }

        @Test("an upload over an import holds when the import is taken back") func uploadOver() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let file = try await world.read(FilesWorld.days(0..<3))
                let done = try await world.runImport(file, ["mapping": world.mapping])
                let day = Timestamp(seconds: 18_001 * 86_400).description.prefix(10)
                let upload = try await host.request(
                    "POST", "/data/upload?business_id=\(world.business)", token: world.token, headers: [("content-type", "text/csv")],
                    body: Array("day,sales\n\(day),99\n".utf8))
                #expect(upload.status == 201, "\(upload.text)")
                #expect(try await world.undo(done).status == 200)
                #expect(try await world.values() == ["sales \(day) 99.0"])
            }
        }

        @Test("long tables, dimensions, several businesses, and values that meet become what the mapping says") func long() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let other = try await world.member.business(9, name: "Other")
                let file = try await world.read(
                    """
                    date,shop,kpi,region,value
                    2026-01-01,Ems,sales,North,1
                    2026-01-01,Ems,sales,North,2
                    2026-01-01,Ems,sales,South,4
                    2026-01-02,Elbe,sales,North,8
                    2026-01-02,Elbe,visits,North,16
                    2026-01-02,Oder,visits,North,32

                    """)
                let done = try await world.runImport(
                    file,
                    [
                        "mapping": [
                            "layout": "long", "time_column": "date", "metric_column": "kpi", "value_column": "value", "dimensions": ["region"],
                            "business_column": "shop", "businesses": ["Ems": .string("\(world.business)"), "Elbe": .string("\(other)")],
                            "aggregation": "sum",
                        ]
                    ])
                #expect(done["status"] == "completed" && done["result"]?["rows_refused"] == 1, "\(done)")
                #expect(
                    try await world.values() == [
                        "sales {region=North} 2026-01-01 3.0", "sales {region=North} 2026-01-02 8.0", "sales {region=South} 2026-01-01 4.0",
                        "visits {region=North} 2026-01-02 16.0",
                    ])
                let refused = try await host.get("/imports/\(done["id"]?.string ?? "")/refused", token: world.token)
                #expect(refused.status == 200 && refused["content-type"] == "text/csv; charset=utf-8")
                #expect(
                    refused.text.split(separator: "\r\n").map(String.init) == [
                        "refused_row,refused_line,refused_column,refused_reason,date,shop,kpi,region,value",
                        "6,7,shop,\"holds \"\"Oder\"\", which `businesses` does not name\",2026-01-02,Oder,visits,North,32",
                    ])
            }
        }

        @Test("each column is gathered as suits it: what is suggested adds up amounts and takes the mean of rates") func eachItsOwn() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                var text = "date,sales,conversion rate,stock\n"
                // Every day comes twice, far apart, so that no part of the file holds both.
                for round in 1...2 {
                    for day in 0..<20_000 {
                        text += "\(Timestamp(seconds: Int64(18_000 + day) * 86_400).description.prefix(10)),\(round * 10),\(round).5,\(round * 100)\n"
                    }
                }
                let file = try await world.read(text)
                let done = try await world.runImport(file, ["business_id": .string("\(world.business)")])
                #expect(done["status"] == "completed" && done["result"]?["values_read"] == 120_000, "\(done)")
                let found = try await TestDatabase.current.query(
                    """
                    select s.name, count(*), min(d.value), max(d.value)
                    from app.kpi_data d join app.kpi_sources s on s.tenant_id = d.tenant_id and s.id = d.source_id group by s.name order by s.name
                    """)
                let rows = try found.map { "\(try $0.text(0)) \(try $0.int64(1)) \(try $0.float8(2)) \(try $0.float8(3))" }
                #expect(rows == ["conversion rate 20000 2.0 2.0", "sales 20000 30.0 30.0", "stock 20000 200.0 200.0"])
            }
        }

        @Test(
            "values that meet across the parts in which they are stored are gathered as if they met in one",
            arguments: ["sum", "mean", "min", "max", "first", "count"])
        func gathered(aggregation: String) async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                // Every day comes three times, far apart, so that no part of the file holds all three.
                var text = "day;sales\n"
                for round in 1...3 { text += FilesWorld.days(0..<30_000, factor: round).dropFirst("day;sales\n".count) }
                let file = try await world.read(text)
                var mapping = world.mapping.object ?? [:]
                mapping["aggregation"] = .string(aggregation)
                let done = try await world.runImport(file, ["mapping": .object(mapping)])
                #expect(done["status"] == "completed" && done["result"]?["values_read"] == 90_000, "\(done)")
                let factor: Double = ["sum": 6, "mean": 2, "min": 1, "max": 3, "first": 1, "count": 0][aggregation] ?? 0
                let expected = aggregation == "count" ? 3 * 30_000.0 : factor * (0..<30_000).reduce(0.0) { $0 + Double($1) }
                let found = try await TestDatabase.current.query("select count(*), sum(value) from app.kpi_data")[0]
                #expect(try found.int64(0) == 30_000)
                #expect(try abs(found.float8(1) - expected) < 1)
            }
        }

        @Test("bad input: what a mapping asks for and the table has not is named, with 400; another tenant's business is 404") func badMapping()
            async throws
        {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                let other = try await FilesWorld.make(host, 2)
                let file = try await world.read(FilesWorld.days(0..<3))
                func begin(_ mapping: JSONValue) async throws -> HTTPAnswer {
                    try await host.post("/files/\(file["id"]?.string ?? "")/import", token: world.token, json: ["mapping": mapping])
                }
                var mapping = world.mapping.object ?? [:]
                mapping["time_column"] = "date"
                let unknown = try await begin(.object(mapping))
                #expect(unknown.status == 400 && unknown.text.contains("no column `date`; it has `day`, `sales`"), "\(unknown.text)")
                mapping = world.mapping.object ?? [:]
                mapping["business_id"] = .string("\(other.business)")
                #expect(try await begin(.object(mapping)).status == 404)
                let theirs = try await host.post("/files/\(file["id"]?.string ?? "")/import", token: other.token, json: ["mapping": other.mapping])
                #expect(theirs.status == 404)
                let neither = try await host.post("/files/\(file["id"]?.string ?? "")/import", token: world.token, json: [:])
                #expect(neither.status == 400, "\(neither.text)")
                #expect(try await world.count("app.imports") == 0)
            }
        }

        @Test("an import beyond the plan's rows stores nothing and says why") func quota() async throws {
            try await RunningHost.run { host in
                let world = try await FilesWorld.make(host)
                try await TestDatabase.current.execute(
                    """
                    insert into tenancy.plans (name, title, rows) values ('tiny', 'Tiny', 10);
                    update tenancy.tenants set plan = 'tiny' where id = '\(world.member.tenant)';
                    """)
                let file = try await world.read(FilesWorld.days(0..<11))
                let done = try await world.runImport(file, ["mapping": world.mapping])
                #expect(done["status"] == "failed" && done["error"]?["code"] == "QUOTA_EXCEEDED", "\(done)")
                #expect(done["error"]?["details"]?["limit"] == "rows")
                #expect(try await world.values().isEmpty)
                #expect(try await world.count("app.kpi_sources") == 0)
            }
        }
    }
}
