import ArgumentParser
import Jobs
import Kernel
import Postgres
import Tenants

struct TimersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timers", abstract: "Look at timers, and reckon when a schedule fires.", subcommands: [List.self, Simulate.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List timers with their next times, and what became of the last.")
        @OptionGroup var whose: JobsCommand.Whose
        @Option(help: "How many at most.") var limit = 200
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let timers = try await Session.asInstaller(try Settings()) { client in
                    let deadline = Deadline.after(Session.limit)
                    return try await StoredJobs(client: client).timers(tenant: try await whose.id(client, deadline), limit: limit, deadline: deadline)
                        .filter { whose.handler == nil || $0.handler == whose.handler }
                }
                let rows = timers.map {
                    [
                        $0.tenant ?? "-", "\($0.handler)/\($0.name)", $0.schedule, $0.timeZone,
                        $0.paused ? "paused" : $0.nextAt?.description ?? "new",
                        $0.lastOutcome ?? "",
                    ]
                }
                try output.show(timers, lines: Output.table(rows))
            }
        }
    }

    struct Simulate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the next times of a schedule, with the wall clock there.", discussion: "Needs no database.")
        @Argument(help: "Such as \"0 2 * * *\", @daily or \"every 15m\".") var schedule: String
        @Option(help: "A zone of the tz database.") var timeZone = "UTC"
        @Option(help: "How many.") var count = 10
        @Option(help: "From when on, RFC 3339; now unless given.") var after: String?
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let rule = try Schedule(schedule)
                let zone = try TimeZone.read(timeZone)
                var start = TimeSource.system.now()
                if let after {
                    guard let time = Timestamp(after) else { throw AppError.invalid("after", "expected an RFC 3339 time; got `\(after.prefix(64))`") }
                    start = time
                }
                let times = rule.upcoming(after: start, count: min(max(count, 1), 10_000), in: zone)
                try output.show(times, lines: times.map { "\($0)  \(Timestamp(seconds: zone.local($0)).description.dropLast()) \(zone.name)" })
            }
        }
    }
}

extension TimeZone {
    /// From the system's tz database. Throws `VALIDATION_ERROR` for a name that no zone has.
    static func read(_ name: String) throws(AppError) -> TimeZone {
        guard TimeZone.isName(name), let bytes = try? File.read("/usr/share/zoneinfo/\(name)") else {
            throw .invalid("time_zone", "the tz database has no zone `\(name.prefix(64))`; expected a name such as Europe/Berlin")
        }
        return try TimeZone(name: name, file: bytes)
    }
}
