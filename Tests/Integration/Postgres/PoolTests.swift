import Glibc
import Kernel
import Postgres
import Testing

extension Integration {
    @Suite struct PostgresPool {
        @Test("pitfall 33: more sleeping statements than cores neither deadlock nor hold the loop")
        func moreThanCores() async throws {
            let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
            try await Database.with(connections: cores + 2) { database in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0...cores { group.addTask { _ = try await database.run(Probe.sleep, [.float8(0.3)]) } }
                    group.addTask {
                        // Finishes long before the sleepers, on the same thread.
                        for _ in 0..<20 { _ = try await database.run(Probe.one) }
                    }
                    try await group.waitForAll()
                }
            }
        }

        @Test("pitfall 37: a write whose deadline passes while it waits is never committed")
        func deadlineWhileQueued() async throws {
            try await Database.with(connections: 1) { database in
                try await database.setUp("drop table if exists public.late; create table public.late (n bigint)")
                let insert = Statement("pool.late", "insert into public.late values ($1)", access: .write)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try await database.run(Probe.sleep, [.float8(0.3)]) }
                    await Task.yield()
                    for n in 0..<5 {
                        group.addTask {
                            let error = await postgresError {
                                _ = try await database.run(insert, [.int64(Int64(n))], within: .milliseconds(20 * n))
                            }
                            #expect(error?.code == .timedOut && error?.outcomeUnknown == false && error?.appError.code == .deadlineExceeded)
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await database.run(Statement("pool.late_count", "select count(*) from public.late"))[0].int64(0) == 0)
                try await database.setUp("drop table public.late")
            }
        }

        @Test("pitfall 37: a deadline covers the sum of a segment's statements, and what had run is undone")
        func deadlineOnWire() async throws {
            try await Database.with(connections: 1) { database in
                try await database.setUp("drop table if exists public.slow; create table public.slow (n bigint)")
                let insert = Statement("pool.slow", "insert into public.slow select 1 from pg_sleep($1)", access: .write)
                let many = Segment((0..<50).map { _ in Call(insert, [.float8(0.02)]) })
                let error = await postgresError { _ = try await database.client.run(many, deadline: .after(.milliseconds(100))) }
                #expect(error?.code == .timedOut && error?.outcomeUnknown == false)
                #expect(try await database.run(Statement("pool.slow_count", "select count(*) from public.slow"))[0].int64(0) == 0)
                let read = await postgresError { _ = try await database.run(Probe.sleep, [.float8(30)], within: .milliseconds(20)) }
                #expect(read?.code == .timedOut)
                #expect(try await database.run(Probe.one)[0].int64(0) == 1)
                try await database.setUp("drop table public.slow")
            }
        }

        @Test("pitfall 38: the wait is bounded in number and in time, and the bounds free nobody's place")
        func bounds() async throws {
            try await Database.with(connections: 1, change: { $0.maxWaiting = 2 }) { database in
                _ = try await database.run(Probe.one)
                try await withThrowingTaskGroup(of: PostgresError.Code?.self) { group in
                    for _ in 0..<6 {
                        group.addTask { await postgresError { _ = try await database.run(Probe.sleep, [.float8(0.05)]) }?.code }
                    }
                    var codes: [PostgresError.Code?] = []
                    for try await code in group { codes.append(code) }
                    #expect(codes.count { $0 == nil } == 3)
                    #expect(codes.count { $0 == .poolExhausted } == 3)
                }
                #expect(try await database.run(Probe.one)[0].int64(0) == 1)
            }
        }

        @Test("pitfall 50: a long statement holds up nothing that another connection can serve")
        func longOnes() async throws {
            try await Gate.closed { gate in
                try await Database.with(connections: 2) { database in
                    let long = Statement("pool.long", "select 1::bigint from pg_advisory_xact_lock_shared($1 + 0)")
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { _ = try await database.run(long, [gate.bind]) }
                        await Task.yield()
                        // All of them end while the long one still waits, or the gate would never open.
                        try await withThrowingTaskGroup(of: Void.self) { short in
                            for _ in 0..<50 { short.addTask { _ = try await database.run(Probe.one) } }
                            try await short.waitForAll()
                        }
                        try await gate.open()
                        try await group.waitForAll()
                    }
                }
            }
        }

        @Test("pitfall 51: inside an open transaction no other connection can be had")
        func nested() async throws {
            try await Database.with(connections: 2) { database in
                try await database.client.withConnection(deadline: .after(.seconds(5))) { own in
                    try await own.transaction {
                        let shared = await postgresError { _ = try await database.run(Probe.one) }
                        #expect(shared?.code == .nestedTransaction)
                        let other = await postgresError { try await database.client.withConnection(deadline: .after(.seconds(5))) { _ in } }
                        #expect(other?.code == .nestedTransaction)
                    }
                    #expect(try await database.run(Probe.one)[0].int64(0) == 1)
                }
            }
        }

        @Test("connections open on demand, up to the limit, and close when idle")
        func onDemand() async throws {
            try await Database.with(
                connections: 3,
                change: {
                    $0.idleTime = .milliseconds(50); $0.applicationName = "demand-test"
                }
            ) { database in
                try await Database.with { watcher in
                    let open = { try await watcher.run(Probe.backends, [.text("demand-test")])[0].int64(0) }
                    #expect(try await open() == 0)
                    _ = try await database.run(Probe.one)
                    #expect(try await open() == 1)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for _ in 0..<10 { group.addTask { _ = try await database.run(Probe.sleep, [.float8(0.05)]) } }
                        try await group.waitForAll()
                    }
                    #expect(try await open() <= 3)
                    try await Wait.until { try await open() == 0 }
                    #expect(try await database.run(Probe.one)[0].int64(0) == 1)
                }
            }
        }

        @Test("shutdown lets what runs end, turns away what waits, and closes all")
        func shutdown() async throws {
            try await Gate.closed { gate in
                try await Database.with(connections: 1, change: { $0.applicationName = "shutdown-test" }) { database in
                    _ = try await database.run(Probe.one)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { _ = try await database.run(Probe.held, [gate.bind]) }
                        await Task.yield()
                        group.addTask {
                            #expect(await postgresError { _ = try await database.run(Probe.pid) }?.code == .closed)
                            // Only now may the first end.
                            try await gate.open()
                        }
                        await Task.yield()
                        await database.client.shutdown()
                        try await group.waitForAll()
                    }
                    #expect(await postgresError { _ = try await database.run(Probe.one) }?.code == .closed)
                    try await Database.with { watcher in
                        try await Wait.until { try await watcher.run(Probe.backends, [.text("shutdown-test")])[0].int64(0) == 0 }
                    }
                }
            }
        }
    }
}
