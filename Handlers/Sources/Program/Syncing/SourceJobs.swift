import Connectors
import HandlerKit

/// What is done with sources when nobody waits for it.
///
/// A source has at most one job of its schedule that has not ended, and at most one that somebody asked for, by their unique keys. The job of a schedule
/// makes the next one in the transaction that ends it. Sources without an interval of their own follow a timer, whose job makes theirs.
struct SourceJobs: Sendable {
    let parts: Result<Parts, AppError>

    @JobsBuilder var all: [Job] {
        Job("sync_source", summary: "Run a source on its schedule", retry: Self.retry) { (input: SourceTask, job) in
            try await SyncRun(source: input.source, isAsked: false, parts: try parts.get(), job: job).run()
        }
        Job("sync_source_now", summary: "Run a source because somebody has asked", retry: Self.retry) { (input: SourceTask, job) in
            try await SyncRun(source: input.source, isAsked: true, parts: try parts.get(), job: job).run()
        }
        Job("scrape_news", summary: "Run the sources of news that are due") { (_: NoInput, job) in try await Self.run(.news, job) }
        Job("fetch_weather", summary: "Run the sources of weather that are due") { (_: NoInput, job) in try await Self.run(.weather, job) }
        Job("fetch_rates", summary: "Run the sources of rates that are due") { (_: NoInput, job) in try await Self.run(.rates, job) }
    }

    /// What goes wrong elsewhere is answered by the run itself, at its next time. This is for a process, a gateway or a database that dies.
    private static let retry = RetryPolicy(maxAttempts: 10, firstWait: 1, longestWait: 300)

    /// A job of the source's schedule, in so many seconds; nothing where it has one that has not ended.
    static func scheduled(_ source: UUID, in seconds: Double, _ jobs: JobQueue) throws -> Call {
        try jobs.call("sync_source", SourceTask(source: source), options(source, in: seconds, priority: 6))
    }

    /// A job because somebody has asked; nothing where one of these has not ended.
    static func asked(_ source: UUID, in seconds: Double = 0, _ jobs: JobQueue) throws -> Call {
        try jobs.call("sync_source_now", SourceTask(source: source), options(source, in: seconds, priority: 4))
    }

    private static func options(_ source: UUID, in seconds: Double, priority: Int) -> JobQueue.Options {
        .init(
            delay: .milliseconds(Int64((max(0, seconds) * 1000).rounded(.up))), priority: priority, maxAttempts: retry.maxAttempts,
            uniqueKey: source.description)
    }

    /// Its schedule's job is not to run any more. One that runs finds that out before its next page.
    static func unscheduled(_ source: UUID, _ jobs: JobQueue) -> Call {
        jobs.cancelling("sync_source", uniqueKey: source.description, alsoRunning: false)
    }

    /// Nothing of it is to run any more, what runs included.
    static func stopped(_ source: UUID, _ jobs: JobQueue) -> [Call] {
        [
            jobs.cancelling("sync_source", uniqueKey: source.description),
            jobs.cancelling("sync_source_now", uniqueKey: source.description),
        ]
    }

    /// The sources that follow a timer, and those whose time has passed without a run: their job was cancelled or given up.
    private static func run(_ timer: ConnectorDescription.Timer, _ job: JobInvocation) async throws {
        let interrupted = PullFault(.interrupted, "The run was interrupted.")
        try await job.finish { transaction in
            let results = try await transaction.batch([
                Call(RunsSQL.interruptOld, [.json(Array(interrupted.json.description.utf8))]), Call(SourcesSQL.due, [.text(timer.rawValue)]),
            ])
            return try results[1].map { try $0.uuid(0) }
        } next: { sources in
            try sources.map { try scheduled($0, in: 0, job.jobs) }
        }
    }
}

/// What the job of a source is told.
struct SourceTask: Codable, Sendable {
    let source: UUID
}
