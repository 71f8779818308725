import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Timers from a manifest to the jobs that they make.
    @Suite("Timers", .testDatabase) struct Timers {
        private func folder(_ timers: String) throws -> String {
            try HandlerFolder.probe(in: TestDatabase.current, replacing: ["connections: 4": "connections: 4\ntimers:\n\(timers)"])
        }

        private func folders(_ timers: String) throws -> RunningHost.Options {
            let place = try folder(timers)
            symlink("\(Environment.package)/Handlers/Jobs", "\(place)/jobs")
            return RunningHost.Options(handlers: [place])
        }

        private func fired(_ timer: String) async throws -> Int64 {
            try await TestDatabase.current.query(
                "select count(*) from tenancy.timer_occurrences where timer = $1 and outcome in ('fired', 'caught_up')", [.text(timer)])[0].int64(0)
        }

        @Test("a timer of a manifest makes jobs for each tenant and for the installation; a wrong one stops the start with file and line")
        func fires()
            async throws
        {
            let (one, two) = (try await Member.make(1), try await Member.make(2))
            let options = try folders(
                """
                  ticking: {job: nothing, schedule: "every 1s", overlap: allow}
                  system_wide: {job: nothing, schedule: "every 1s", scope: system}
                  nightly: {job: nothing, schedule: "0 2 * * *", time_zone: Europe/Berlin, spread: 10m, catch_up: all(3)}
                """)
            try await RunningHost.run(options) { host in
                for tenant in [one.tenant.uuid, two.tenant.uuid, .zero] {
                    try await RunningHost.eventually("jobs of \(tenant) have run", within: .seconds(30)) {
                        try await TestDatabase.current.query(
                            "select count(*) from tenancy.jobs where tenant_id = $1 and status = 'completed' and timer is not null", [.uuid(tenant)])[
                                0
                            ].int64(
                                0) >= 2
                    }
                }
                let twice = try await TestDatabase.current.query(
                    "select count(*) - count(distinct (tenant_id, timer, fire_at)) from tenancy.jobs where timer is not null")
                #expect(try twice[0].int64(0) == 0)
                let token = try host.token(one)
                let listed = try await host.get("/jobs/timers", token: token)
                #expect(try listed.json["timers"]?.array?.compactMap { $0["name"]?.string } == ["nightly", "ticking"], "\(listed.text)")
                let upcoming = try await host.get("/jobs/timers/probe/nightly/upcoming?count=2&after=2026-03-28T12:00:00Z", token: token)
                #expect(
                    try upcoming.json == ["times": ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"], "time_zone": "Europe/Berlin"], "\(upcoming.text)"
                )
                let occurrences = try await host.get("/jobs/timers/probe/ticking/occurrences?limit=1", token: token)
                #expect(try occurrences.json["occurrences"]?[0]?["outcome"] == "fired", "\(occurrences.text)")
                #expect(try await host.request("POST", "/jobs/timers/probe/nightly/run", token: token).status == 200)
                #expect(try await host.request("POST", "/jobs/timers/probe/none/run", token: token).status == 404)
            }
            let wrong = try folder("  broken: {job: none, schedule: \"0 2 * * *\"}")
            var environment = try await Blocking.run { [database = try TestDatabase.current] in try RunningHost.environment(database) }
            environment["TENANTRY_HANDLERS"] = wrong
            let (status, printed) = try await Blocking.run { [environment] in try ChildProgram("tenantry", ["run"], environment: environment).finish()
            }
            #expect(status != 0 && printed.contains("runs no job"), "\(printed)")
        }

        @Test("pitfall 40: a gateway that is killed before a time and starts behind it makes that time's job once; two gateways make it once")
        func restart()
            async throws
        {
            let member = try await Member.make(1)
            let options = try folders("  daily: {job: nothing, schedule: \"0 2 * * *\"}")
            let environment = try await Blocking.run { [database = try TestDatabase.current] in try RunningHost.environment(database, options) }
            try await RunningHost.run(options) { host in
                try await host.eventually("it is reckoned") {
                    try await TestDatabase.current.query("select from tenancy.timers where next_at is not null").count == 1
                }
                #expect(try await fired("daily") == 0)
            }
            // Its time came while nobody ran.
            try await TestDatabase.current.execute("update tenancy.timers set next_at = clock_timestamp() - interval '1 second'")
            let first = try await RunningHost.start(environment: environment)
            let second = try await RunningHost.start(environment: environment)
            try await RunningHost.eventually("it has fired") { try await fired("daily") == 1 }
            try await RunningHost.eventually("its job has run") {
                try await TestDatabase.current.query("select from tenancy.jobs where status = 'completed'").count == 1
            }
            let next = try await TestDatabase.current.query("select next_at > clock_timestamp() from tenancy.timers")[0].bool(0)
            #expect(next)
            // Another time comes while both run.
            try await TestDatabase.current.execute("update tenancy.timers set next_at = clock_timestamp() - interval '1 millisecond'")
            try await RunningHost.eventually("it has fired again") { try await fired("daily") == 2 }
            try await RunningHost.eventually("both jobs have run") {
                try await TestDatabase.current.query("select from tenancy.jobs where status = 'completed'").count == 2
            }
            #expect(try await TestDatabase.current.query("select from tenancy.jobs where tenant_id <> $1", [.id(member.tenant)]).isEmpty)
            for host in [first, second] {
                host.program.signal(SIGKILL)
                _ = try await Blocking.run { host.program.end() }
            }
        }
    }
}
