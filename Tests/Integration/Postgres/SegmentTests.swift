import Kernel
import Postgres
import Testing

extension Integration {
    @Suite struct PostgresSegments {
        @Test("a segment is one transaction: one round trip, preamble included, all or nothing")
        func oneTransaction() async throws {
            try await Database.with { database in
                let setting = Statement("segment.set", "select set_config('probe.value', $1, true)", cost: .short)
                let read = Statement("segment.read", "select current_setting('probe.value', true), txid_current()::bigint", cost: .short)
                let rows = try await database.client.run(
                    Segment(preamble: [Call(setting, [.text("inside")])], [Call(read), Call(read)]), deadline: .after(.seconds(5)))
                #expect(rows.count == 2)
                #expect(try rows[0][0].text(0) == "inside")
                #expect(try rows[0][0].int64(1) == rows[1][0].int64(1))
                // Set for the transaction alone.
                #expect(try await database.run(read)[0].text(0) == "")
            }
        }

        @Test("pitfall 49: an error in any position undoes its segment, is named, and harms nothing behind it", arguments: 0..<6)
        func errorInEveryPosition(position: Int) async throws {
            try await Database.with(connections: 1) { database in
                let table = "public.positions_\(position)"
                try await database.setUp("drop table if exists \(table); create table \(table) (n bigint)")
                let insert = Statements.insert[position]
                let segment = { (failing: Int?) in
                    var calls = (0..<6).map { Call(insert, [.int64(Int64($0))]) }
                    if let failing { calls[failing] = Call(Probe.divide, [.int64(0)]) }
                    return Segment(preamble: Array(calls[..<2]), Array(calls[2...]), access: .write)
                }
                for round in 0..<2 {
                    let error = await postgresError { _ = try await database.client.run(segment(position), deadline: .after(.seconds(5))) }
                    #expect(error?.code == .server && error?.sqlState == "22012" && error?.statement == "probe.divide", "round \(round)")
                    #expect(try await database.run(Probe.one)[0].int64(0) == 1)
                }
                let rows = try await database.client.run(segment(nil), deadline: .after(.seconds(5)))
                #expect(rows.count == 4 && rows.allSatisfy { $0.affected == 1 })
                #expect(try await database.run(Statements.count[position])[0].int64(0) == 6)
                try await database.setUp("drop table \(table)")
            }
        }

        @Test("pitfall 49: a commit that fails is the segment's error")
        func commitFails() async throws {
            try await Database.with(connections: 1) { database in
                try await database.setUp(
                    "drop table if exists public.deferred; create table public.deferred (n bigint unique deferrable initially deferred)")
                let insert = Statement("segment.deferred", "insert into public.deferred values ($1)", access: .write)
                let twice = Segment([Call(insert, [.int64(1)]), Call(insert, [.int64(1)])])
                for _ in 0..<2 {
                    let error = await postgresError { _ = try await database.client.run(twice, deadline: .after(.seconds(5))) }
                    #expect(error?.sqlState == "23505" && error?.statement == nil)
                    #expect(error?.appError.code == .conflict)
                }
                #expect(try await database.run(insert, [.int64(1)]).affected == 1)
                try await database.setUp("drop table public.deferred")
            }
        }

        @Test("a statement that cannot be prepared fails alone, and works once it can")
        func prepareFails() async throws {
            try await Database.with(connections: 1) { database in
                try await database.setUp("drop table if exists public.later")
                let read = Statement("segment.later", "select count(*) from public.later")
                for _ in 0..<2 {
                    let error = await postgresError { _ = try await database.run(read) }
                    #expect(error?.sqlState == "42P01" && error?.statement == "segment.later")
                }
                try await database.setUp("create table public.later ()")
                #expect(try await database.run(read)[0].int64(0) == 0)
                try await database.setUp("drop table public.later")
            }
        }

        @Test("statements that the server no longer has, or whose result has changed, are prepared again unseen")
        func preparedAgain() async throws {
            try await Database.with(connections: 1) { database in
                try await database.setUp("drop table if exists public.changing; create table public.changing as select 1::bigint a")
                let read = Statement("segment.changing", "select * from public.changing")
                #expect(try await database.run(read)[0].int64(0) == 1)
                // The one connection must stay, so the change comes from another client.
                try await Database.with { other in
                    try await other.setUp("alter table public.changing add b text; update public.changing set b = 'new'")
                }
                let row = try await database.run(read)[0]
                #expect(try row.text(1) == "new")
                _ = try await database.run(Statement("segment.deallocate", "deallocate all"))
                #expect(try await database.run(read)[0].int64(0) == 1)
                try await database.setUp("drop table public.changing")
            }
        }

        @Test("pitfall 57: a statement marked custom is planned for its values, however often it ran")
        func customPlan() async throws {
            try await Database.with(connections: 1) { database in
                let custom = Statement("segment.custom", "select $1::bigint", plan: .custom)
                let auto = Statement("segment.auto", "select $1::bigint, 2")
                for n in 0..<10 {
                    _ = try await database.run(custom, [.int64(Int64(n))])
                    _ = try await database.run(auto, [.int64(Int64(n))])
                }
                let plans = Statement(
                    "segment.plans",
                    "select generic_plans, custom_plans from pg_prepared_statements where statement like 'select $1::bigint%' order by statement")
                let rows = try await database.run(plans)
                #expect(try rows[0].int64(0) == 0 && rows[0].int64(1) == 10)
                #expect(try rows[1].int64(0) > 0)
            }
        }

        @Test("100 callers at once share four connections, on one thread", arguments: [true, false])
        func hundredCallers(onLoop: Bool) async throws {
            try await Database.with(connections: 4, onLoop: onLoop) { database in
                let echo = Statement("segment.echo", "select $1, pg_backend_pid()::bigint", cost: .short)
                let pids = try await withThrowingTaskGroup(of: Int64.self) { group in
                    for n in 0..<100 {
                        group.addTask {
                            var pid: Int64 = 0
                            for round in 0..<20 {
                                let row = try await database.run(echo, [.int64(Int64(n * 100 + round))])[0]
                                #expect(try row.int64(0) == Int64(n * 100 + round))
                                pid = try row.int64(1)
                            }
                            return pid
                        }
                    }
                    return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
                }
                #expect(pids.count <= 4)
            }
        }

        private enum Statements {
            static let insert: [Statement] = [
                Statement("positions.insert", "insert into public.positions_0 values ($1)", access: .write),
                Statement("positions.insert", "insert into public.positions_1 values ($1)", access: .write),
                Statement("positions.insert", "insert into public.positions_2 values ($1)", access: .write),
                Statement("positions.insert", "insert into public.positions_3 values ($1)", access: .write),
                Statement("positions.insert", "insert into public.positions_4 values ($1)", access: .write),
                Statement("positions.insert", "insert into public.positions_5 values ($1)", access: .write),
            ]
            static let count: [Statement] = [
                Statement("positions.count", "select count(*) from public.positions_0"),
                Statement("positions.count", "select count(*) from public.positions_1"),
                Statement("positions.count", "select count(*) from public.positions_2"),
                Statement("positions.count", "select count(*) from public.positions_3"),
                Statement("positions.count", "select count(*) from public.positions_4"),
                Statement("positions.count", "select count(*) from public.positions_5"),
            ]
        }
    }
}
