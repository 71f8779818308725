import Kernel
import Postgres
import Reactor
import TestSupport
import Testing

extension Integration {
    @Suite struct PostgresFaults {
        @Test("killed and restarted in mid-query: reads come through, the write says that its outcome is unknown, later calls work")
        func restart() async throws {
            try await PrivateCluster.with { cluster in
                try await Database.with(connections: 3, configuration: cluster.configuration()) { database in
                    try await database.setUp("create table public.killed (n bigint)")
                    let write = Statement(
                        "fault.write", "insert into public.killed select 1 from pg_sleep($1)", access: .write)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            let error = await postgresError { _ = try await database.run(write, [.float8(60)]) }
                            #expect(error?.code == .connectionLost && error?.outcomeUnknown == true)
                            #expect(error?.appError.code == .unavailable)
                        }
                        for _ in 0..<4 {
                            group.addTask { _ = try await database.run(Probe.sleep, [.float8(1)]) }
                        }
                        try await Wait.until { try await database.backends(of: cluster) >= 3 }
                        try await cluster.stop()
                        try await cluster.start()
                        try await group.waitForAll()
                    }
                    #expect(try await database.run(Statement("fault.count", "select count(*) from public.killed"))[0].int64(0) == 0)
                }
            }
        }

        @Test("cut off at every byte of an answer: a read comes through, a write is reported truly")
        func cutAtEveryByte() async throws {
            try await PrivateCluster.with { cluster in
                let proxy = try CuttingProxy(to: cluster.socket)
                let threads = BlockingPool(threads: 1, name: "proxy")
                threads.submit { proxy.run() }
                defer { proxy.stop() }
                var configuration = cluster.configuration()
                configuration.host = proxy.directory
                configuration.port = 5432
                try await Database.with(connections: 1, configuration: configuration) { database in
                    try await database.setUp("create table public.cut (n bigint primary key)")
                    let read = Segment([Call(Probe.one), Call(Probe.pid), Call(Probe.one)])
                    let insert = Statement("fault.insert", "insert into public.cut values ($1) returning n", access: .write)
                    let exists = Statement("fault.exists", "select count(*) from public.cut where n = $1")
                    var (known, lost) = (0, 0)
                    for bytes in 0..<120 {
                        _ = try await database.client.run(read, deadline: .after(.seconds(30)))
                        proxy.cut(after: bytes)
                        let rows = try await database.client.run(read, deadline: .after(.seconds(30)))
                        #expect(try rows.count == 3 && rows[2][0].int64(0) == 1)
                        _ = try await database.run(insert, [.int64(Int64(-1 - bytes))])

                        proxy.cut(after: bytes)
                        let number = Bind.int64(Int64(bytes))
                        let error = await postgresError { _ = try await database.run(insert, [number]) }
                        let cut = proxy.hasCut
                        proxy.cut(after: .max)
                        if error == nil {
                            known += 1
                            #expect(try await database.run(exists, [number])[0].int64(0) == 1)
                        } else {
                            lost += 1
                            let isTrue = cut && error?.code == .connectionLost && error?.outcomeUnknown == true
                            #expect(isTrue, "after \(bytes) bytes, cut \(cut): \(String(reflecting: error))")
                        }
                    }
                    #expect(known > 0 && lost > 0)
                }
            }
        }

        @Test("reset in mid-pipeline: both reads on the wire are sent again")
        func resetInMidPipeline() async throws {
            try await Gate.closed { gate in
                try await Database.with(connections: 1, change: { $0.applicationName = "reset-test" }) { database in
                    let pid = try await database.run(Probe.pid)[0].int64(0)
                    _ = try await database.run(Probe.held, [.int64(-1)])
                    try await withThrowingTaskGroup(of: Int64.self) { group in
                        group.addTask {
                            _ = try await database.run(Probe.held, [gate.bind])
                            return 0
                        }
                        await Task.yield()
                        group.addTask { try await database.run(Probe.pid)[0].int64(0) }
                        try await Database.with(onLoop: false) { other in
                            try await Wait.until { try await other.run(Probe.isRunning, [.text("reset-test")])[0].int64(0) == 1 }
                            _ = try await other.run(Probe.terminate, [.int64(pid)])
                            try await Wait.until { try await other.run(Probe.isRunning, [.text("reset-test")])[0].int64(0) == 1 }
                        }
                        try await gate.open()
                        let sum = try await group.reduce(0, +)
                        #expect(sum != 0 && sum != pid)
                    }
                }
            }
        }

        @Test("signs in by scram; a wrong password is told at once, with its SQLSTATE")
        func scram() async throws {
            try await PrivateCluster.with { cluster in
                try await Database.with(configuration: cluster.configuration()) { database async throws in
                    #expect(try await database.run(Probe.one)[0].int64(0) == 1)
                }
                try await Database.with(configuration: cluster.configuration(password: "wrong")) { database in
                    let error = await postgresError { _ = try await database.run(Probe.one) }
                    #expect(error?.code == .connectFailed && error?.sqlState == "28P01")
                    #expect(error?.appError.code == .unavailable)
                    #expect(!String(reflecting: error).contains("wrong"))
                }
            }
        }

        @Test("large values and large results arrive whole over TCP too, at a host that is known by its name")
        func tcp() async throws {
            try await PrivateCluster.with { cluster in
                try await Database.with(connections: 1, configuration: cluster.configuration(host: "localhost")) { database in
                    let value = String(repeating: "äb", count: 35_000)
                    let echo = Statement("fault.echo", "select $1 || '', inet_server_addr() is not null")
                    let row = try await database.run(echo, [.text(value)])[0]
                    #expect(try row.text(0) == value)
                    #expect(try row.bool(1))
                    let many = Statement("fault.many", "select n::bigint, repeat('x', 100) from generate_series(1, 10000) n")
                    #expect(try await database.run(many).count == 10_000)
                }
                let unknown = cluster.configuration(host: "no-such-host.invalid")
                try await Database.with(configuration: unknown, change: { $0.connectTimeout = .milliseconds(50) }) { database in
                    #expect(await postgresError { _ = try await database.run(Probe.one, within: .seconds(30)) }?.code == .connectFailed)
                }
            }
        }

        @Test("while nothing listens, callers wait as long as a connection may take, then are told")
        func nobodyListens() async throws {
            var configuration = PostgresClient.Configuration(host: "/tmp/no-such-directory", user: "nobody", database: "none")
            configuration.connectTimeout = .milliseconds(100)
            try await Database.with(configuration: configuration) { database in
                let error = await postgresError { _ = try await database.run(Probe.one) }
                #expect(error?.code == .connectFailed)
                let late = await postgresError { _ = try await database.run(Probe.one, within: .milliseconds(1)) }
                #expect(late?.code == .timedOut)
            }
        }
    }
}

extension Database {
    /// How many backends of a cluster run something, seen by a client of its own.
    fileprivate func backends(of cluster: PrivateCluster) async throws -> Int64 {
        try await Database.with(configuration: cluster.configuration(), change: { $0.applicationName = "watcher" }) { watcher in
            try await watcher.run(Probe.isRunning, [.text("tenantry")])[0].int64(0)
        }
    }
}

/// Waits for something that will become true, by looking again and again; the test's own time limit ends it.
enum Wait {
    static func until(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<3000 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw PrivateCluster.Failed(description: "what was waited for did not happen")
    }
}
