import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Whoever takes part in a job is killed at each of its steps.
    @Suite("Jobs at a death") struct JobDeaths {
        /// Where a job is held up.
        enum Step: String, CaseIterable {
            /// Claimed, by a process that stands still.
            case claimed
            /// Its code runs, and has committed nothing.
            case started
            /// Its first transaction has written and is not committed.
            case inFirst
            /// The same, at the fence of the first transaction.
            case atFence
            /// The first transaction is committed.
            case between
            /// The last transaction has written, and the job is to end in it.
            case ending
            /// The last transaction commits.
            case committing
        }

        /// Who is killed.
        enum Victim: String, CaseIterable {
            case handler, gateway
            /// The database's processes that work for either.
            case backends
            case server
        }

        /// A commit of the last entry waits while a test holds a lock. Handlers may not lock like that themselves.
        private static let holding = """
            create function public.hold_commit() returns trigger language plpgsql security definer as
                'begin perform pg_advisory_xact_lock_shared(4711); return null; end';
            create constraint trigger hold_commit after insert on probe.entries deferrable initially deferred
                for each row when (new.text = 'last') execute function public.hold_commit()
            """

        @Test(
            "pitfall 39: whoever is killed at whichever step of a job, what it does is done once and nothing is lost", .timeLimit(.minutes(20)),
            arguments: Victim.allCases)
        func walk(_ victim: Victim) async throws {
            try await TortureWorld.with { world in
                let walk = JobWalk(world)
                var host = try await world.startGateway()
                for (place, step) in Step.allCases.enumerated() {
                    let number = Int64(place + 1) * 100
                    if step == .committing { try await world.execute(Self.holding) }
                    try await walk.reach(step, number, host) {
                        switch victim {
                        case .handler: for pid in try host.processes(of: "probe-handler") { kill(pid, SIGKILL) }
                        case .backends:
                            try await world.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename like 'tenantry\\_%'")
                        case .gateway:
                            host.program.signal(SIGKILL)
                            _ = try await Blocking.run { [program = host.program] in program.end() }
                        case .server: try world.cluster.kill()
                        }
                    }
                    switch victim {
                    case .gateway:
                        // A gateway does not start beside functions like that one.
                        if step == .committing { try await world.execute("drop function public.hold_commit() cascade") }
                        host = try await world.startGateway()
                    case .server: try await world.cluster.restart()
                    case .handler, .backends: break
                    }
                    for gate in [number + 1, number + 2] { try await walk.gate(gate) }
                    // What the end of a lease brings, without the wait for it. An attempt that goes on is fenced.
                    try await world.execute("update tenancy.jobs set claimed_until = '-infinity' where status = 'running'")
                    let state = try await walk.settled(number)
                    #expect(state.hasPrefix("completed/"), "\(victim) at \(step): \(state)")
                    #expect(try await walk.entries(number) == ["\(number + 11) first", "\(number + 12) last"], "\(victim) at \(step)")
                }
                host.program.signal(SIGKILL)
                _ = try await Blocking.run { [program = host.program] in program.end() }
            }
        }

        @Test("pitfall 39: a job whose end its gateway was to write is begun anew where that dies first") func plain() async throws {
            try await TortureWorld.with { world in
                let walk = JobWalk(world)
                let first = try await world.startGateway()
                try await walk.make("plain", 100)
                try await walk.gate(100)
                #expect(try await walk.settled(100) == "completed/1")
                let id = try await walk.make("plain", 200)
                try await RunningHost.eventually("it waits", within: .seconds(60)) { try await walk.waits() }
                // Whoever shares the row lets the fence pass, and not the end.
                try await world.holding(["select from tenancy.jobs where id = '\(id)' for share"]) {
                    try await walk.gate(200)
                    try await RunningHost.eventually("its end waits", within: .seconds(60)) { try await walk.blocked("host") > 0 }
                    #expect(try await walk.entries(200) == ["201 plain"])
                    first.program.signal(SIGKILL)
                    _ = try await Blocking.run { first.program.end() }
                    // What it has sent already would still be done.
                    try await world.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'tenantry_host'")
                }
                let next = try await world.startGateway()
                try await world.execute("update tenancy.jobs set claimed_until = '-infinity' where status = 'running'")
                #expect(try await walk.settled(200) == "completed/2")
                #expect(try await walk.entries(200) == ["201 plain", "202 plain"])
                next.program.signal(SIGKILL)
                _ = try await Blocking.run { next.program.end() }
            }
        }
    }
}
