import Kernel
import Postgres
import Testing

extension Integration {
    @Suite struct PostgresValues {
        @Test("every kind of bind comes back as it went in")
        func roundTrip() async throws {
            try await Database.with { database in
                var random = SystemRandomNumberGenerator()
                let uuid = UUID.v4(using: &random)
                let time = Timestamp("2026-03-01T08:00:00.123456Z")!
                let date = CalendarDate(year: 1969, month: 7, day: 20)!
                let statement = Statement("values.all", "select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text, $12")
                let row = try await database.run(
                    statement,
                    [
                        .bool(true), .int32(-7), .int64(.min), .float8(-0.1), .text("Grüße 🌍"), .uuid(uuid), .timestamp(time), .date(date),
                        .json(Array(#"{"a": 1}"#.utf8)), .bytes([0, 255]), .null, .textBytes(Array("plain".utf8)),
                    ])[0]
                #expect(try row.bool(0))
                #expect(try row.int32(1) == -7)
                #expect(try row.int64(2) == .min)
                #expect(try row.float8(3) == -0.1)
                #expect(try row.text(4) == "Grüße 🌍")
                #expect(try row.uuid(5) == uuid)
                #expect(try row.timestamp(6) == time)
                #expect(try row.date(7) == date)
                #expect(try row.json(8) == Array(#"{"a": 1}"#.utf8))
                #expect(try row.bytes(9) == [0, 255])
                #expect(row.isNull(10))
                #expect(try row.optionalText(10) == nil)
                #expect(try row.text(11) == "plain")
                #expect(throws: PostgresError.self) { try row.int64(10) }
                #expect(throws: PostgresError.self) { try row.int64(99) }
                #expect(throws: PostgresError.self) { try row.uuid(0) }
            }
        }

        @Test("arrays go up whole: empty ones, nulls, 100,000 elements")
        func arrays() async throws {
            try await Database.with { database in
                let sums = Statement("values.sums", "select sum(v), count(*) from unnest($1) v")
                let numbers = try await database.run(sums, [.int64s((1...100_000).map { $0 })])[0]
                #expect(try numbers.int64(1) == 100_000)
                #expect(try await database.run(sums, [.float8s([1.5, 2.25])])[0].float8(0) == 3.75)
                #expect(try await database.run(sums, [.int64s([])])[0].int64(1) == 0)

                let listed = Statement("values.list", "select v is null, v::text from unnest($1) v")
                var texts = BinaryArray(of: .text)
                texts.append("ä")
                texts.appendNull()
                texts.append(utf8: Array("x,\"y".utf8))
                let rows = try await database.run(listed, [.array(texts)])
                #expect(try rows.map { try $0.bool(0) } == [false, true, false])
                #expect(try rows[2].text(1) == "x,\"y")

                let times = [Timestamp(seconds: 0), Timestamp("9999-12-31T23:59:59Z")!]
                let back = try await database.run(Statement("values.times", "select v from unnest($1) v"), [.timestamps(times)])
                #expect(try back.map { try $0.timestamp(0) } == times)
            }
        }

        @Test("one statement may be called with several types and nulls, in any order")
        func types() async throws {
            try await Database.with(connections: 1) { database in
                let echo = Statement("values.echo", "select coalesce($1, null)::text")
                let calls: [(Bind, String?)] = [
                    (.null, nil), (.int64(5), "5"), (.float8(0.5), "0.5"), (.int64(6), "6"), (.null, nil), (.text("x"), "x"),
                ]
                for (bind, expected) in calls {
                    let rows = try await database.run(echo, [bind])
                    #expect(try rows[0].optionalText(0) == expected)
                }
            }
        }

        @Test("each session is alike: nothing on the search path but pg_catalog, UTC, ISO, UTF-8")
        func session() async throws {
            try await Database.with(change: { $0.applicationName = "session-test" }) { database in
                let settings = Statement(
                    "values.settings",
                    """
                    select current_setting('search_path'), current_setting('TimeZone'), current_setting('DateStyle'),
                           current_setting('client_encoding'), current_setting('standard_conforming_strings'), current_setting('application_name')
                    """)
                let row = try await database.run(settings)[0]
                #expect(try row.text(0) == "pg_catalog,pg_temp")
                #expect(try row.text(1) == "UTC")
                #expect(try row.text(2).hasPrefix("ISO"))
                #expect(try row.text(3) == "UTF8")
                #expect(try row.text(4) == "on")
                #expect(try row.text(5) == "session-test")
            }
        }

        @Test("a value of 100 KB and a result of 1 MB arrive whole", arguments: [true, false])
        func large(onLoop: Bool) async throws {
            try await Database.with(connections: 1, onLoop: onLoop) { database in
                let value = String(repeating: "äb", count: 35_000)
                let echo = Statement("values.echo_text", "select $1 || ''")
                #expect(try await database.run(echo, [.text(value)])[0].text(0) == value)
                let many = Statement("values.many", "select n::bigint, repeat('x', 100) from generate_series(1, 10000) n")
                let rows = try await database.run(many)
                #expect(rows.count == 10_000)
                #expect(try rows[9_999].int64(0) == 10_000)
                #expect(try await database.run(Probe.one)[0].int64(0) == 1)
            }
        }
    }
}
