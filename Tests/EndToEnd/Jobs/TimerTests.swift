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

        /// Puts the clock that timers go by to a time, from which it goes on.
        private func clock(_ time: String) async throws {
            try await TestDatabase.current.execute(
                """
                do $$ begin execute format($f$create or replace function tenancy.timer_clock() returns timestamptz language sql volatile
                    set search_path = pg_catalog, pg_temp as $b$select timestamptz %L + (clock_timestamp() - timestamptz %L)$b$ $f$,
                    '\(time)', clock_timestamp()); end $$
                """)
        }

        /// `time outcome times` of a timer's times, the oldest first.
        private func ledger(_ timer: String) async throws -> [String] {
            try await TestDatabase.current.query(
                """
                select to_char(fire_at at time zone 'UTC', 'MM-DD HH24:MI') || ' ' || outcome || ' ' || times from tenancy.timer_occurrences
                where timer = $1 order by fire_at
                """, [.text(timer)]
            ).map { try $0.text(0) }
        }

        private func next(_ timer: String, is time: String) async throws {
            try await RunningHost.eventually("\(timer) comes next at \(time)", within: .seconds(20)) {
                try await TestDatabase.current.query(
                    "select from tenancy.timers where name = $1 and next_at = $2::text::timestamptz", [.text(timer), .text(time)]
                ).count == 1
            }
        }

        @Test("pitfalls 40, 41 and 42: on both days on which clocks change, and when they jump by 14 days, each time counts once")
        func clocks() async throws {
            _ = try await Member.make(1)
            let options = try folders(
                """
                  local: {job: nothing, schedule: "30 2 * * *", time_zone: Europe/Berlin}
                  three: {job: nothing, schedule: "0 12 * * *", time_zone: UTC, catch_up: all(3), overlap: allow}
                  none: {job: nothing, schedule: "0 12 * * *", time_zone: UTC, catch_up: skip}
                """)
            try await clock("2026-03-28T23:00:00Z")
            try await RunningHost.run(options) { _ in
                // 02:30 is left out: it fires when the clocks are put forward.
                try await next("local", is: "2026-03-29T01:00:00Z")
                try await clock("2026-03-29T01:00:01Z")
                try await next("local", is: "2026-03-30T00:30:00Z")
                #expect(try await ledger("local") == ["03-29 01:00 fired 1"])
                try await RunningHost.eventually("its job has run") {
                    try await TestDatabase.current.query("select from tenancy.jobs where status = 'completed'").count == 1
                }
                // 14 days at once.
                try await clock("2026-04-12T01:00:00Z")
                try await next("local", is: "2026-04-13T00:30:00Z")
                try await next("three", is: "2026-04-12T12:00:00Z")
                try await next("none", is: "2026-04-12T12:00:00Z")
                #expect(try await ledger("local").suffix(2) == ["04-11 00:30 missed 13", "04-12 00:30 caught_up 1"])
                #expect(
                    try await ledger("three") == [
                        "04-08 12:00 missed 11", "04-09 12:00 caught_up 1", "04-10 12:00 caught_up 1", "04-11 12:00 caught_up 1",
                    ])
                #expect(try await ledger("none") == ["04-10 12:00 missed 13", "04-11 12:00 missed 1"])
                let jobs = try await TestDatabase.current.query("select timer, count(*) from tenancy.jobs group by timer order by timer")
                #expect(try jobs.map { "\(try $0.text(0)) \(try $0.int64(1))" } == ["local 2", "three 3"])
                // Back by 14 days: what has fired does not fire again.
                try await clock("2026-03-29T01:00:00Z")
                #expect(try await TestDatabase.current.query("select from tenancy.due_timers('{probe}', 100)").isEmpty)
            }
            // While nobody runs the day comes on which clocks are put back.
            try await TestDatabase.current.execute("delete from tenancy.timer_occurrences; update tenancy.timers set next_at = null")
            try await clock("2026-10-24T23:00:00Z")
            try await RunningHost.run(options) { _ in try await next("local", is: "2026-10-25T00:30:00Z") }
            try await clock("2026-10-25T00:30:20Z")
            try await RunningHost.run(options) { _ in
                // 02:30 comes twice: the first time counts, also right behind a restart.
                try await next("local", is: "2026-10-26T01:30:00Z")
                try await clock("2026-10-25T01:30:10Z")
                try await TestDatabase.current.execute("update tenancy.timers set next_at = null where name = 'none'")
                try await next("none", is: "2026-10-25T12:00:00Z")
                #expect(try await ledger("local") == ["10-25 00:30 fired 1"])
            }
            let twice = try await TestDatabase.current.query(
                "select count(*) - count(distinct (tenant_id, timer, fire_at)) from tenancy.jobs where timer is not null")
            #expect(try twice[0].int64(0) == 0)
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
