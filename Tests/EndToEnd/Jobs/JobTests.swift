import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Jobs from their making to their end.
    @Suite("Jobs", .testDatabase) struct Jobs {
        @Test("a job runs once in its tenant's name; its end is committed with its effect, and jobs make jobs") func runs() async throws {
            try await RunningHost.run { host in
                let world = try await JobWorld.make(host)
                let other = try await JobWorld.make(host, 2)
                let first = try await world.enqueue("insert", ["number": 7])[0]
                let second = try await other.enqueue("chained", ["number": 1])[0]
                #expect(try await world.settled(first) == "completed/1")
                #expect(try await other.settled(second) == "completed/1")
                #expect(try await world.entries() == ["7 attempt 1"])
                try await host.eventually("the next in the chain has run") { try await other.entries() == ["1 chained", "2 attempt 1"] }
                let many = try await world.enqueue("nothing", ["count": 200])
                try await host.eventually("all have run") { try await world.count("status = 'completed' and kind = 'nothing'") == 200 }
                #expect(Set(many).count == 200)
                #expect(try await world.count("attempt <> 1") == 0)
            }
        }

        @Test("a job is there when its transaction commits, and not otherwise; one with a key is there once until it has ended") func making()
            async throws
        {
            try await RunningHost.run { host in
                let world = try await JobWorld.make(host)
                try await world.insert(1)
                #expect(try await world.ask("insert", ["number": 5, "entry": 1]).status == 409)
                #expect(try await world.count("true") == 0)
                try await world.enqueue("insert", ["number": 5, "entry": 2])
                let held = try await world.enqueue("sleepy", ["number": 9, "unique_key": "k"])[0]
                let answers = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
                    for _ in 0..<8 { group.addTask { try await world.ask("sleepy", ["number": 9, "unique_key": "k"]) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                for answer in answers { #expect(try answer.json["ids"]?[0]?.string == held && answer.json["is_new"] == false, "\(answer.text)") }
                try await world.insert(9)
                #expect(try await world.settled(held) == "completed/1")
                #expect(try await world.ask("nothing", ["unique_key": "k"]).json["is_new"] == true)
                #expect(try await world.entries() == ["1 test", "2 beside a job", "5 attempt 1", "9 test"])
            }
        }

        @Test("what fails is tried again behind a wait and set aside with its errors in the end; what the input is to blame for at once")
        func failing()
            async throws
        {
            try await RunningHost.run { host in
                let world = try await JobWorld.make(host)
                let flaky = try await world.enqueue("flaky", ["number": 2])[0]
                #expect(try await world.settled(flaky) == "completed/3")
                #expect(try await world.errors(flaky) == ["UNAVAILABLE", "UNAVAILABLE"])
                #expect(try await world.entries() == ["2 attempt 3"])
                let hopeless = try await world.enqueue("flaky", ["number": 50, "max_attempts": 3])[0]
                #expect(try await world.settled(hopeless) == "dead/3")
                #expect(try await world.errors(hopeless) == ["UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"])
                let refused = try await world.enqueue("refused")[0]
                #expect(try await world.settled(refused) == "dead/1")
                #expect(try await world.errors(refused) == ["VALIDATION_ERROR"])
                let unread = try await world.enqueue("insert")[0]
                #expect(try await world.settled(unread) == "dead/1", "a job without its input")
                let resumed = try await world.enqueue("resumed", ["number": 70])[0]
                #expect(try await world.settled(resumed) == "completed/4")
                #expect(try await world.entries() == ["2 attempt 3", "70 attempt 1", "71 attempt 2", "72 attempt 3"])
            }
        }

        @Test("pitfall 43: a job that ends its process is set aside with its evidence, alone, while the others go on") func poison() async throws {
            try await RunningHost.run { host in
                let world = try await JobWorld.make(host)
                let poison = try await world.enqueue("trap", ["number": 1, "max_attempts": 2])[0]
                // A call beside a job that ends their process runs again elsewhere, as it has a key.
                let others = try await world.enqueue("insert", ["number": 100, "count": 30], key: "others")
                #expect(try await world.settled(poison) == "dead/2")
                #expect(try await world.errors(poison) == ["HANDLER_FAILED", "HANDLER_FAILED"])
                for id in others { #expect(try await world.settled(id).hasPrefix("completed")) }
                #expect(try await world.entries().count == 30)
            }
        }

        @Test("a job of a tenant that is suspended stops and waits until the tenant is back; one of a tenant that is erased is gone") func tenants()
            async throws
        {
            try await RunningHost.run { host in
                let world = try await JobWorld.make(host)
                let other = try await JobWorld.make(host, 2)
                let id = try await world.enqueue("sleepy", ["number": 9])[0]
                let lost = try await other.enqueue("sleepy", ["number": 9])[0]
                try await host.eventually("both run") { try await [world.state(id), world.state(lost)] == ["running/1", "running/1"] }
                func status(_ status: String) async throws {
                    try await TestDatabase.current.execute("update tenancy.tenants set status = '\(status)' where id = '\(world.member.tenant)'")
                }
                try await status("suspended")
                try await host.eventually("it waits") { try await world.state(id) == "waiting/1" }
                try await TestDatabase.current.execute("delete from tenancy.tenants where id = '\(other.member.tenant)'")
                try await RunningHost.eventually("nothing of both runs any more", within: .seconds(20)) {
                    try await host.get("/health/ready").json["handlers"]?["probe"]?["in_flight"] == 0
                }
                #expect(try await world.state(lost) == "gone")
                #expect(try await world.state(id) == "waiting/1")
                try await status("active")
                try await world.insert(9)
                #expect(try await world.settled(id) == "completed/2")
            }
        }

        @Test("a job calls what its manifest names in its tenant's name; begun anew it has each call's effect once") func calls() async throws {
            let folder = try HandlerFolder.probe(
                in: TestDatabase.current, replacing: ["connections: 4": "connections: 4\ncalls: [\"POST /probe/entries\"]"])
            try await RunningHost.run(.init(handlers: [folder])) { host in
                let world = try await JobWorld.make(host)
                let id = try await world.enqueue("asking", ["number": 7])[0]
                #expect(try await world.settled(id) == "completed/2")
                #expect(try await world.entries() == ["7 asked by a job"])
            }
            try await RunningHost.run { host in
                let world = try await JobWorld.make(host, 2)
                let id = try await world.enqueue("asking", ["number": 7])[0]
                #expect(try await world.settled(id) == "dead/1")
                #expect(try await world.errors(id) == ["FORBIDDEN"])
            }
        }

        @Test("pitfall 39: a job of three transactions that loses its lease behind the first commits none of the others") func fence() async throws {
            try await RunningHost.run { host in
                let world = try await JobWorld.make(host)
                let id = try await world.enqueue("steps", ["number": 1000])[0]
                try await host.eventually("its first transaction is there") { try await world.entries() == ["1100 first"] }
                // What a host that stands still looks like to the others.
                try await TestDatabase.current.execute("update tenancy.jobs set claimed_until = '-infinity' where id = '\(id)'")
                #expect(try await world.settled(id) == "completed/2")
                #expect(try await world.entries() == ["1100 first", "1200 first", "1201 second", "1202 third"])
                try await world.insert(1000)
                try await host.eventually("the old attempt has tried to go on") {
                    try await TestDatabase.current.query(
                        "select count(*) from pg_stat_activity where datname = current_database() and usename like '%\\_h\\_probe' and state = 'active'"
                    )[0].int64(0) == 0
                }
                // The old attempt waited for its entry every 20 ms; a job behind it has its turn when that is over.
                #expect(try await world.settled(world.enqueue("insert", ["number": 5000])[0]) == "completed/1")
                #expect(try await world.entries() == ["1000 test", "1100 first", "1200 first", "1201 second", "1202 third", "5000 attempt 1"])
            }
        }

        @Test("a process and a gateway that are killed in the middle of jobs: each job is done, and none twice") func killed() async throws {
            let member = try await Member.make()
            let environment = try await Blocking.run { [database = try TestDatabase.current] in try RunningHost.environment(database) }
            var host = try await RunningHost.start(environment: environment)
            var world = JobWorld(host: host, member: member, token: try host.token(member))
            try await world.enqueue("insert", ["number": 1, "count": 400, "max_attempts": 50])
            for round in 1...2 {
                try await host.eventually("some have run") { try await world.count("status = 'completed'") >= Int64(round * 30) }
                for pid in try host.processes(of: "probe-handler") { kill(pid, SIGKILL) }
            }
            host.program.signal(SIGKILL)
            _ = try await Blocking.run { [program = host.program] in program.end() }
            host = try await RunningHost.start(environment: environment)
            world = JobWorld(host: host, member: member, token: try host.token(member))
            try await RunningHost.eventually("all have run", within: .seconds(60)) { try await world.count("status = 'completed'") == 400 }
            #expect(try await world.entries().count == 400)
            host.program.signal(SIGTERM)
            let status = try await Blocking.run { [program = host.program] in program.end() }
            #expect(status == 0)
        }
    }
}
