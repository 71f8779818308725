import ArgumentParser
import Host
import Kernel
import Logging
import Manifest

struct HandlerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "handler", abstract: "Look at handlers: what they serve, and whether they are in order.",
        subcommands: [
            List.self, Check.self, Convictions.self, New.self, Install.self, Upgrade.self, Rollback.self, Remove.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the handlers with their routes and feeds.")
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let settings = try Settings()
                let manifests = try settings.manifests()
                var inspected: [HandlerInspection] = []
                for manifest in manifests { inspected.append(try await HandlerCommand.inspect(manifest, settings)) }
                try output.show(inspected, lines: inspected.flatMap(HandlerCommand.lines))
            }
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check one handler's folder: read its manifest, start its program, ask what it serves.")
        @Argument(help: "The folder with the handler's handler.yaml.") var folder: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let inspection = try await HandlerCommand.inspect(try Manifest.load(folder: folder), try Settings())
                try output.show(inspection, lines: HandlerCommand.lines(inspection) + ["in order"])
            }
        }
    }

    /// Starts a handler's program behind its walls and asks it.
    static func inspect(_ manifest: Manifest, _ settings: Settings) async throws -> HandlerInspection {
        try await HandlerInspection(manifest, programs: Programs.folder, sandbox: settings.sandbox, database: settings.databaseURL)
    }

    private static func lines(_ handler: HandlerInspection) -> [String] {
        let routes = handler.routes.map { ["  \($0.method)", "/api/v1\($0.path)", $0.scope ?? $0.access, $0.writes ? "writes" : "reads"] }
        return ["\(handler.name) (\(handler.program))"] + Output.table(routes) + handler.feeds.map { "  feed \($0)" }
            + ["  sandbox \(handler.sandbox.summary)"]
    }
}
