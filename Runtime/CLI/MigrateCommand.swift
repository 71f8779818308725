import ArgumentParser
import Kernel
import Manifest
import Postgres
import Tenants

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the schema, the roles and their grants up to date, or take a step back.",
        subcommands: [Up.self, Down.self, Status.self, New.self])

    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Apply what is pending; make roles, passwords, grants and the first signing key where they are missing.")
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let settings = try Settings()
                let applied = try await Session.asInstaller(settings) { client in
                    try await Installation(settings, client).up()
                }
                try output.show(
                    applied.map(\.label), lines: applied.isEmpty ? ["nothing to apply"] : applied.map { "applied \($0.label)" })
            }
        }
    }

    struct Down: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take back the newest migrations of a series, with what they hold.")
        @Option(help: "The series: core, or a handler's name.") var series = "core"
        @Option(help: "How many.") var steps = 1
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard steps > 0 else { throw ValidationError("--steps wants a number above 0") }
        }

        func run() async throws {
            try await Outcome.of {
                let settings = try Settings()
                let undone = try await Session.asInstaller(settings) { client in
                    try await Installation(settings, client).migrator.down(series, steps: steps, deadline: .after(.seconds(600)))
                }
                try output.show(undone.map(\.label), lines: undone.isEmpty ? ["nothing to take back"] : undone.map { "took back \($0.label)" })
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List every migration and whether it is applied. Exits with 1 if one is not.")
        @OptionGroup var output: OutputOptions

        struct Line: Encodable {
            let series: String
            let version: Int
            let name: String
            let state: String
            let appliedAt: Timestamp?

            enum CodingKeys: String, CodingKey {
                case series, version, name, state
                case appliedAt = "applied_at"
            }
        }

        func run() async throws {
            try await Outcome.of {
                let settings = try Settings()
                let status = try await Session.asInstaller(settings) { client in
                    try await Installation(settings, client).migrator.status(deadline: .after(Session.limit))
                }
                let lines = status.map {
                    Line(series: $0.series, version: $0.version, name: $0.name, state: $0.state.rawValue, appliedAt: $0.appliedAt)
                }
                try output.show(
                    lines,
                    lines: Output.table(lines.map { [$0.series, "\($0.version)", $0.name, $0.state, $0.appliedAt?.description ?? ""] }))
                if status.contains(where: { $0.state != .applied }) { throw ExitCode(1) }
            }
        }
    }

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write the pair of files of a new migration.")
        @Argument(help: "What it does, in a few words.") var words: [String]
        @Option(help: "The folder; the shared migrations unless given.") var folder: String?

        func run() async throws {
            try await Outcome.of {
                let folder = try self.folder ?? Settings().schema
                for path in try MigrationSeries.create(words.joined(separator: " "), folder: folder) { Output.line(path) }
            }
        }
    }
}
