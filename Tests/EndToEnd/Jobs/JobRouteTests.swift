import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// What people see of jobs, and do with them.
    @Suite("Routes and commands of jobs", .testDatabase) struct JobRoutes {
        private func post(_ world: JobWorld, _ path: String) async throws -> HTTPAnswer {
            try await world.host.request("POST", path, token: world.token)
        }

        @Test("jobs are listed, cancelled, held up and begun anew; another tenant's are not there") func steered() async throws {
            try await RunningHost.run { host in
                let world = try await JobWorld.make(host)
                let other = try await JobWorld.make(host, 2)
                let running = try await world.enqueue("sleepy", ["number": 9])[0]
                let later = try await world.enqueue("insert", ["number": 1, "delay_milliseconds": 3_600_000])[0]
                let refused = try await world.enqueue("refused")[0]
                #expect(try await world.settled(refused) == "dead/1")
                try await host.eventually("it runs") { try await world.state(running) == "running/1" }
                let page = try await host.get("/jobs?limit=2", token: world.token)
                #expect(try page.json["jobs"]?.array?.compactMap { $0["id"]?.string } == [refused, later], "\(page.text)")
                let next = try page.json["next"]?.string ?? ""
                let rest = try await host.get("/jobs?limit=2&after=\(next)", token: world.token)
                #expect(try rest.json["jobs"]?.array?.compactMap { $0["id"]?.string } == [running] && rest.json["next"] == .null, "\(rest.text)")
                let dead = try await host.get("/jobs?status=dead", token: world.token)
                #expect(try dead.json["jobs"]?[0]?["errors"]?[0]?["code"] == "VALIDATION_ERROR", "\(dead.text)")
                #expect(try await host.get("/jobs?status=gone", token: world.token).status == 400)
                #expect(try await host.get("/jobs", token: other.token).json["jobs"] == [])
                for path in ["/jobs/\(later)/cancel", "/jobs/\(refused)/retry"] { #expect(try await post(other, path).status == 404) }
                #expect(try await host.get("/jobs/\(later)", token: other.token).status == 404)

                #expect(try await post(world, "/jobs/\(later)/pause").json["status"] == "paused")
                #expect(try await post(world, "/jobs/\(later)/pause").status == 409)
                #expect(try await post(world, "/jobs/\(later)/resume").json["status"] == "scheduled")
                #expect(try await post(world, "/jobs/\(later)/cancel").json["status"] == "cancelled")
                #expect(try await post(world, "/jobs/\(running)/cancel").json["cancel_requested"] == true)
                #expect(try await world.settled(running) == "cancelled/1")
                #expect(try await post(world, "/jobs/\(refused)/retry").status == 200)
                try await host.eventually("it was tried again") { try await world.state(refused) == "dead/2" }
                let trail = try await TestDatabase.current.query("select count(*) from app.audit_log where action = 'job.steered'")
                #expect(try trail[0].int64(0) == 5)
            }
        }

        @Test("operators see how long queues are and how jobs went; members do not") func metrics() async throws {
            try await RunningHost.run { host in
                let world = try await JobWorld.make(host)
                try await world.member.appoint(.support)
                try await world.enqueue("nothing", ["count": 3])
                let refused = try await world.enqueue("refused")[0]
                #expect(try await world.settled(refused) == "dead/1")
                try await world.enqueue("insert", ["number": 1, "delay_milliseconds": 3_600_000])
                try await host.eventually("all have run") { try await world.count("status = 'completed'") == 3 }
                let answer = try await host.get("/admin/jobs/metrics", token: try host.operatorToken(world.member.user))
                #expect(answer.status == 200, "\(answer.text)")
                let queues = try answer.json["queues"]?.array ?? []
                #expect(
                    queues.map { "\($0["kind"]?.string ?? "") \($0["status"]?.string ?? "") \($0["jobs"]?.integer ?? 0)" } == [
                        "insert scheduled 1", "refused dead 1",
                    ])
                let ended = try answer.json["ended"]?.array ?? []
                #expect(ended.map { $0["completed"]?.integer } == [3, 0])
                #expect(ended.map { $0["dead"]?.integer } == [0, 1])
                #expect(ended.first?["wait_ms"]?["p50"] != .null && ended.last?["run_ms"] == .null, "\(answer.text)")
                #expect([401, 403].contains(try await host.get("/admin/jobs/metrics", token: world.token).status))
            }
        }

        @Test("pitfall 41: the command line lists jobs, begins them anew and reckons schedules, over both days on which clocks change")
        func commands() async throws {
            try await RunningHost.run { host in
                let world = try await JobWorld.make(host)
                let id = try await world.enqueue("refused")[0]
                #expect(try await world.settled(id) == "dead/1")
                let environment = try await Blocking.run { [database = try TestDatabase.current] in try RunningHost.environment(database) }
                func run(_ arguments: String...) async throws -> (status: Int32, printed: String) {
                    try await Blocking.run { [arguments, environment] in try ChildProgram("tenantry", arguments, environment: environment).finish() }
                }
                let listed = try await run("jobs", "list", "--status", "dead")
                #expect(listed.status == 0 && listed.printed.contains(id) && listed.printed.contains("VALIDATION_ERROR"), "\(listed.printed)")
                let redriven = try await run("jobs", "redrive")
                #expect(redriven.printed.contains("1 begin anew"), "\(redriven.printed)")
                try await host.eventually("it was tried again") { try await world.state(id) == "dead/2" }
                #expect(try await run("jobs", "cancel", id).status != 0)
                let times = try await run(
                    "timers", "simulate", "30 2 * * *", "--time-zone", "Europe/Berlin", "--after", "2026-03-28T12:00:00Z", "--count", "2")
                #expect(times.printed.contains("2026-03-29T01:00:00Z") && times.printed.contains("2026-03-30T00:30:00Z"), "\(times.printed)")
                let autumn = try await run(
                    "timers", "simulate", "30 2 * * *", "--time-zone", "Europe/Berlin", "--after", "2026-10-24T12:00:00Z", "--count", "2")
                #expect(
                    autumn.printed.contains("2026-10-25T00:30:00Z") && autumn.printed.contains("2026-10-26T01:30:00Z")
                        && !autumn.printed.contains("2026-10-25T01:30:00Z"), "\(autumn.printed)")
                #expect(try await run("timers", "simulate", "61 * * * *").status != 0)
            }
        }
    }
}
