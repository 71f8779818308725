import Kernel
import Postgres
import Testing

extension Integration {
    @Suite struct PostgresOwnConnections {
        @Test("a transaction over several round trips commits, and rolls back where its body throws")
        func transactions() async throws {
            try await Database.with { database in
                try await database.setUp("drop table if exists public.own; create table public.own (n bigint unique)")
                try await database.client.withConnection(deadline: .after(.seconds(5))) { own async throws in
                    try await own.transaction { () async throws in
                        #expect(try await own.query("insert into public.own values ($1)", [.int64(1)]).affected == 1)
                        #expect(try await own.run(Segment([Call(Probe.one)]))[0][0].int64(0) == 1)
                    }
                    let error = await postgresError {
                        try await own.transaction {
                            _ = try await own.query("insert into public.own values (2)")
                            _ = try await own.query("insert into public.own values (1)")
                        }
                    }
                    #expect(error?.sqlState == "23505")
                    // A failure that the body swallows still cannot be committed.
                    let swallowed = await postgresError {
                        try await own.transaction {
                            _ = try await own.query("insert into public.own values (3)")
                            _ = await postgresError { _ = try await own.query("select 1/0") }
                        }
                    }
                    #expect(swallowed?.sqlState == "25P02")
                    #expect(try await own.query("select array_agg(n)::text from public.own")[0].text(0) == "{1}")
                }
                try await database.setUp("drop table public.own")
            }
        }

        @Test("a script runs as one transaction and leaves the connection usable after an error")
        func scripts() async throws {
            try await Database.with { database in
                try await database.client.withConnection(deadline: .after(.seconds(5))) { own async throws in
                    let error = await postgresError { try await own.execute("create table public.half (n int); select 1/0") }
                    #expect(error?.sqlState == "22012")
                    #expect(try await own.query("select to_regclass('public.half') is null")[0].bool(0))
                }
            }
        }

        @Test("pitfalls 5 and 27: what an own connection leaves behind reaches no shared one")
        func residue() async throws {
            try await Database.with(connections: 1) { database in
                try await database.setUp("drop table if exists public.target; create table public.target (n bigint)")
                let insert = Statement("own.target", "insert into public.target values ($1)", access: .write)
                let zone = Statement("own.zone", "select current_setting('TimeZone'), current_setting('probe.residue', true)")
                _ = try await database.run(insert, [.int64(1)])
                try await database.client.withConnection(deadline: .after(.seconds(5))) { own async throws in
                    try await own.execute(
                        "create temp table target (n bigint); set timezone to 'Asia/Tokyo'; set probe.residue to 'x'; deallocate all")
                }
                _ = try await database.run(insert, [.int64(2)])
                let row = try await database.run(zone)[0]
                #expect(try row.text(0) == "UTC")
                #expect(row.isNull(1))
                #expect(try await database.run(Statement("own.count", "select count(*) from public.target"))[0].int64(0) == 2)
                try await database.setUp("drop table public.target")
            }
        }

        @Test("rows stream in order with bounded memory, however slow the reader", arguments: [true, false])
        func streams(onLoop: Bool) async throws {
            try await Database.with(onLoop: onLoop) { database in
                try await database.client.withConnection(deadline: .after(.seconds(30))) { own async throws in
                    var expected: Int64 = 0
                    for try await row in own.stream("select n, repeat('x', 1000) from generate_series(1::bigint, $1) n", [.int64(20_000)]) {
                        expected += 1
                        guard try row.int64(0) == expected else { break }
                        if expected % 1000 == 0 { try await Task.sleep(for: .milliseconds(1)) }
                    }
                    #expect(expected == 20_000)
                    #expect(try await own.query("select 1::bigint")[0].int64(0) == 1)
                }
            }
        }

        @Test("leaving a stream early cancels it, and the connection serves the next statement")
        func streamLeftEarly() async throws {
            try await Database.with { database in
                try await database.client.withConnection(deadline: .after(.seconds(30))) { own async throws in
                    var seen = 0
                    for try await _ in own.stream("select generate_series(1, 100000000), repeat('x', 1000)") {
                        seen += 1
                        if seen == 10 { break }
                    }
                    #expect(try await own.query("select 7::bigint")[0].int64(0) == 7)
                }
            }
        }

        @Test("a stream that fails gives its rows first, then the error")
        func streamFails() async throws {
            try await Database.with { database in
                try await database.client.withConnection(deadline: .after(.seconds(30))) { own async throws in
                    var seen = 0
                    let error = await postgresError {
                        for try await _ in own.stream("select 1 / (1000 - n) from generate_series(1, 2000) n") { seen += 1 }
                    }
                    #expect(error?.sqlState == "22012" && seen == 999)
                    #expect(try await own.query("select 7::bigint")[0].int64(0) == 7)
                }
            }
        }

        @Test("its deadline covers the wait and every statement on it")
        func deadline() async throws {
            try await Database.with(connections: 1) { database async throws in
                let error = await postgresError {
                    try await database.client.withConnection(deadline: .after(.milliseconds(100))) { own async throws in
                        _ = try await own.query("select pg_sleep(0.01)")
                        _ = try await own.query("select pg_sleep(60)")
                    }
                }
                #expect(error?.code == .timedOut)
                #expect(try await database.run(Probe.one)[0].int64(0) == 1)
            }
        }
    }
}
