import ArgumentParser
import Kernel
import Postgres
import Tenants

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Look at jobs, cancel them, begin them anew.",
        subcommands: [List.self, Show.self, Cancel.self, Pause.self, Resume.self, Retry.self, Redrive.self])

    /// Of whom.
    struct Whose: ParsableArguments {
        @Option(help: "Slug or id of a tenant; all unless given.") var tenant: String?
        @Option(help: "Of one handler.") var handler: String?

        func id(_ client: PostgresClient, _ deadline: Deadline) async throws -> TenantID? {
            guard let tenant else { return nil }
            return try await Provisioning(client: client).tenant(tenant, deadline: deadline).id
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List jobs, the newest first.")
        @OptionGroup var whose: Whose
        @Option(help: "scheduled, waiting, paused, running, completed, cancelled or dead.") var status: String?
        @Option(help: "How many at most.") var limit = 50
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let jobs = try await Session.asInstaller(try Settings()) { client in
                    let deadline = Deadline.after(Session.limit)
                    return try await StoredJobs(client: client).list(
                        tenant: try await whose.id(client, deadline), status: status, handler: whose.handler, limit: limit, deadline: deadline)
                }
                let rows = jobs.map {
                    [$0.id.description, $0.tenant ?? "-", $0.handler, $0.kind, $0.status, "\($0.attempt)", $0.dueAt.description, $0.error ?? ""]
                }
                try output.show(jobs, lines: Output.table(rows))
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a job, with the errors of its attempts.")
        @OptionGroup var one: OneJob

        func run() async throws { try await one.run { jobs, id, deadline in try await jobs.show(id, deadline: deadline) } }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Cancel a job; one that runs is asked to stop.")
        @OptionGroup var one: OneJob

        func run() async throws { try await one.steer("cancel") }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Hold up a job that does not run yet.")
        @OptionGroup var one: OneJob

        func run() async throws { try await one.steer("pause") }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a job go on that was held up.")
        @OptionGroup var one: OneJob

        func run() async throws { try await one.steer("resume") }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Begin a job anew that was given up or cancelled.")
        @OptionGroup var one: OneJob

        func run() async throws { try await one.steer("retry") }
    }

    struct Redrive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Begin all jobs anew that were given up.")
        @OptionGroup var whose: Whose
        @Option(help: "How many at most.") var limit = 1000
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let count = try await Session.asInstaller(try Settings()) { client in
                    let deadline = Deadline.after(Session.limit)
                    return try await StoredJobs(client: client).redrive(
                        tenant: try await whose.id(client, deadline), handler: whose.handler, most: limit, deadline: deadline)
                }
                try output.show(["redriven": count], lines: ["\(count) begin anew"])
            }
        }
    }
}

/// A job by its id.
struct OneJob: ParsableArguments {
    @Argument(help: "Its id.") var id: String
    @OptionGroup var output: OutputOptions

    func steer(_ action: String) async throws {
        try await run { jobs, id, deadline in try await jobs.steer(id, action, deadline: deadline) }
    }

    func run(_ body: (StoredJobs, UUID, Deadline) async throws -> JSONValue) async throws {
        try await Outcome.of {
            guard let id = UUID(id) else { throw AppError.invalid("id", "expected an id such as 0190c2f4-…; got `\(id.prefix(64))`") }
            let job = try await Session.asInstaller(try Settings()) { client in
                try await body(StoredJobs(client: client), id, .after(Session.limit))
            }
            let lines = (job.object?.members ?? []).map { "\($0.name)  \($0.value)" }
            try output.show(job, lines: lines)
        }
    }
}
