import Kernel
import Postgres
import Testing

extension Integration {
    @Suite struct PostgresCancellation {
        /// Starts a statement, waits until the server runs it, and cancels its task.
        private func cancelRunning(
            _ database: Database, _ name: String, _ body: @escaping @Sendable () async throws -> Void
        ) async throws -> PostgresError? {
            let stoppable = Stoppable()
            async let error = postgresError { try await stoppable.run(body) }
            try await Database.with(onLoop: false) { other async throws in
                try await Wait.until { try await other.run(Probe.isRunning, [.text(name)])[0].int64(0) > 0 }
                await stoppable.stop()
                try await Wait.until { try await other.run(Probe.isRunning, [.text(name)])[0].int64(0) == 0 }
            }
            return await error
        }

        @Test("pitfall 36: a cancelled read stops in the server, and the connection serves the next", arguments: [true, false])
        func head(onLoop: Bool) async throws {
            let name = "cancel-head-\(onLoop)"
            try await Database.with(connections: 1, onLoop: onLoop, change: { $0.applicationName = name }) { database in
                let error = try await cancelRunning(database, name) { _ = try await database.run(Probe.sleep, [.float8(60)]) }
                #expect(error?.code == .cancelled && error?.outcomeUnknown == false)
                #expect(try await database.run(Probe.one)[0].int64(0) == 1)
            }
        }

        @Test("pitfall 36: a cancelled write is undone before its caller hears of it")
        func write() async throws {
            try await Database.with(connections: 1, change: { $0.applicationName = "cancel-write" }) { database in
                try await database.setUp("drop table if exists public.cancelled; create table public.cancelled (n bigint)")
                let insert = Statement("cancel.insert", "insert into public.cancelled select 1 from pg_sleep($1)", access: .write)
                let error = try await cancelRunning(database, "cancel-write") { _ = try await database.run(insert, [.float8(60)]) }
                #expect(error?.code == .cancelled && error?.outcomeUnknown == false && error?.appError.code == .cancelled)
                #expect(try await database.run(Statement("cancel.count", "select count(*) from public.cancelled"))[0].int64(0) == 0)
                try await database.setUp("drop table public.cancelled")
            }
        }

        @Test("pitfall 36: B behind A on one connection: cancelling B leaves A alive, cancelling A leaves B alive", arguments: [true, false])
        func neighbours(cancelsSecond: Bool) async throws {
            let name = "cancel-neighbours-\(cancelsSecond)"
            try await Gate.closed { gate in
                try await Database.with(connections: 1, change: { $0.applicationName = name }) { database in
                    // Prepared first: a segment that must prepare something is never shared.
                    _ = try await database.run(Probe.held, [.int64(-1)])
                    _ = try await database.run(Probe.one)
                    let (first, second) = (Stoppable(), Stoppable())
                    try await withThrowingTaskGroup(of: (String, PostgresError?).self) { group in
                        group.addTask { ("A", await postgresError { try await first.run { _ = try await database.run(Probe.held, [gate.bind]) } }) }
                        try await Database.with(onLoop: false) { watcher in
                            try await Wait.until { try await watcher.run(Probe.isRunning, [.text(name)])[0].int64(0) == 1 }
                        }
                        group.addTask { ("B", await postgresError { try await second.run { _ = try await database.run(Probe.one) } }) }
                        for _ in 0..<20 { await Task.yield() }
                        await (cancelsSecond ? second : first).stop()
                        while let (who, error) = try await group.next() {
                            #expect(error?.code == ((who == "B") == cancelsSecond ? .cancelled : nil), "\(who)")
                            if who == "B", cancelsSecond { try await gate.open() }
                        }
                    }
                    #expect(try await database.run(Probe.one)[0].int64(0) == 1)
                }
            }
        }

        @Test("cancelled while it waits in the pool: never sent")
        func waiting() async throws {
            try await Gate.closed { gate in
                try await Database.with(connections: 1) { database in
                    try await database.setUp("drop table if exists public.never; create table public.never (n bigint)")
                    let insert = Statement("cancel.never", "insert into public.never values ($1)", access: .write)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { _ = try await database.run(Probe.held, [gate.bind]) }
                        let waiting = Stoppable()
                        await Task.yield()
                        let error = await postgresError {
                            try await withThrowingTaskGroup(of: Void.self) { inner in
                                inner.addTask { try await waiting.run { _ = try await database.run(insert, [.int64(1)]) } }
                                for _ in 0..<20 { await Task.yield() }
                                await waiting.stop()
                                try await inner.waitForAll()
                            }
                        }
                        #expect(error?.code == .cancelled)
                        try await gate.open()
                        try await group.waitForAll()
                    }
                    #expect(try await database.run(Statement("cancel.never_count", "select count(*) from public.never"))[0].int64(0) == 0)
                    try await database.setUp("drop table public.never")
                }
            }
        }

        @Test("cancelled while its connection is being opened, and before it was asked")
        func opening() async throws {
            try await Database.with(connections: 1) { database in
                for _ in 0..<20 {
                    let early = Stoppable()
                    try await withThrowingTaskGroup(of: PostgresError?.self) { group in
                        group.addTask { await postgresError { try await early.run { _ = try await database.run(Probe.sleep, [.float8(0.01)]) } } }
                        group.addTask {
                            await postgresError {
                                try await early.run { try await database.client.withConnection(deadline: .after(.seconds(5))) { _ in } }
                            }
                        }
                        await early.stop()
                        for try await error in group { #expect(error == nil || error?.code == .cancelled) }
                    }
                }
                #expect(try await database.run(Probe.one)[0].int64(0) == 1)
            }
        }

        @Test("an own connection: the statement stops, the transaction has failed, the rest of the pool is untouched")
        func own() async throws {
            try await Database.with(connections: 2, change: { $0.applicationName = "cancel-own" }) { database in
                let error = try await cancelRunning(database, "cancel-own") {
                    try await database.client.withConnection(deadline: .after(.seconds(20))) { own in
                        try await own.transaction { _ = try await own.query("select pg_sleep(60)") }
                    }
                }
                #expect(error?.code == .cancelled)
                #expect(try await database.run(Probe.one)[0].int64(0) == 1)
            }
        }

        @Test("a cancel storm breaks nobody else", arguments: [1, 3])
        func storm(connections: Int) async throws {
            try await Database.with(connections: connections) { database in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for n in 0..<60 {
                        let stoppable = Stoppable()
                        group.addTask {
                            let error = await postgresError {
                                try await stoppable.run {
                                    let statement = n % 2 == 0 ? Probe.shortSleep : Probe.sleep
                                    _ = try await database.run(statement, [.float8(0.002)])
                                }
                            }
                            if n % 3 != 0 { #expect(error == nil, "\(n)") } else { #expect(error == nil || error?.code == .cancelled) }
                            return error == nil
                        }
                        if n % 3 == 0 {
                            group.addTask {
                                try await Task.sleep(for: .microseconds(n * 100))
                                await stoppable.stop()
                                return true
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await database.run(Probe.one)[0].int64(0) == 1)
            }
        }
    }
}

/// Runs a body in a child task that another task can cancel alone.
actor Stoppable {
    private var ring: (@Sendable () -> Void)?
    private var isStopped = false

    nonisolated func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            let (signal, ring) = AsyncStream<Void>.makeStream()
            await arm { ring.finish() }
            group.addTask {
                try await body()
                return true
            }
            group.addTask {
                for await _ in signal {}
                return false
            }
            if try await group.next() == false {
                group.cancelAll()
                while try await group.next() == false {}
            } else {
                ring.finish()
            }
        }
    }

    private func arm(_ added: @escaping @Sendable () -> Void) {
        let earlier = ring
        ring = {
            earlier?()
            added()
        }
        if isStopped { added() }
    }

    func stop() {
        isStopped = true
        ring?()
    }
}
