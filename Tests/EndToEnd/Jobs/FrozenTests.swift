import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Several gateways on one database, of which some stand still or lose it.
    @Suite("Jobs of several gateways", .testDatabase) struct JobsOfSeveral {
        private func all(of host: RunningHost) throws -> [pid_t] { try [host.program.pid] + host.processes(of: "probe-handler") }

        @Test("pitfall 39: a gateway that stands still past its lease, with its handlers, cannot commit when it is thawed")
        func frozen() async throws {
            let member = try await Member.make()
            let environment = try await Blocking.run { [database = try TestDatabase.current] in try RunningHost.environment(database) }
            let first = try await RunningHost.start(environment: environment)
            let world = JobWorld(host: first, member: member, token: try first.token(member))
            let id = try await world.enqueue("steps", ["number": 1000])[0]
            try await first.eventually("its first transaction is there") { try await world.entries() == ["1100 first"] }
            let frozen = try all(of: first)
            for pid in frozen { kill(pid, SIGSTOP) }
            let second = try await RunningHost.start(environment: environment)
            // No hand but time's: the lease ends, and the second gateway takes the job.
            #expect(try await world.settled(id, within: .seconds(60)) == "completed/2")
            try await world.insert(1000)
            for pid in frozen { kill(pid, SIGCONT) }
            // The thawed gateway serves again, behind all that its handler had waiting.
            let thawed = JobWorld(host: first, member: member, token: try first.token(member))
            try await RunningHost.eventually("it answers again", within: .seconds(60)) { (try? await thawed.ask("nothing").status) == 200 }
            try await RunningHost.eventually("nothing of the old attempt runs any more", within: .seconds(30)) {
                try await TestDatabase.current.query(
                    "select count(*) from pg_stat_activity where datname = current_database() and usename like '%\\_h\\_probe' and state <> 'idle'")[
                        0
                    ].int64(0) == 0
            }
            #expect(try await world.entries() == ["1000 test", "1100 first", "1200 first", "1201 second", "1202 third"])
            for host in [first, second] {
                host.program.signal(SIGKILL)
                _ = try await Blocking.run { host.program.end() }
            }
        }

        @Test("three gateways share the jobs of many tenants: each is done once") func shared() async throws {
            let environment = try await Blocking.run { [database = try TestDatabase.current] in try RunningHost.environment(database) }
            var hosts: [RunningHost] = []
            for _ in 0..<3 { hosts.append(try await RunningHost.start(environment: environment)) }
            var worlds: [JobWorld] = []
            for number in 1...6 { worlds.append(try await JobWorld.make(hosts[number % 3], number)) }
            for world in worlds { try await world.enqueue("insert", ["number": 1, "count": 60]) }
            try await RunningHost.eventually("all have run", within: .seconds(60)) { try await worlds[0].count("status = 'completed'") == 360 }
            for world in worlds { #expect(try await world.entries() == (1...60).map { "\($0) attempt 1" }) }
            for host in hosts {
                host.program.signal(SIGKILL)
                _ = try await Blocking.run { host.program.end() }
            }
        }
    }
}
