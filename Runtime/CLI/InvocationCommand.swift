import ArgumentParser
import Host
import Kernel
import Manifest
import Postgres
import Tenants
import Wire

struct InvocationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invocation", abstract: "Look at invocations that failed, and run them again.", subcommands: [List.self, Show.self, Replay.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the recorded invocations, the newest first.")
        @Option(help: "Slug or id of a tenant; all unless given.") var tenant: String?
        @Option(help: "How many at most.") var limit = 50
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let settings = try Settings()
                let recordings = try await Session.asInstaller(settings) { client in
                    let deadline = Deadline.after(Session.limit)
                    var id: TenantID?
                    if let tenant { id = try await Provisioning(client: client).tenant(tenant, deadline: deadline).id }
                    return try await StoredRecordings(client: client).list(tenant: id, limit: limit, deadline: deadline)
                }
                let rows = recordings.map {
                    [
                        $0.invocation.description, $0.recordedAt.description, $0.slug, $0.handler, $0.route, "\($0.status)",
                        $0.code.isEmpty ? $0.ending : $0.code, $0.requestID,
                    ]
                }
                try output.show(recordings, lines: Output.table(rows))
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one recorded invocation: its request without secrets, how it ended, what it read from outside.")
        @Argument(help: "Its id, or the id of its request.") var id: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let recorded = try await InvocationCommand.open(id, try Settings())
                let shown = ShownRecording(recorded)
                try output.show(shown, lines: shown.lines)
            }
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a recorded invocation again, here: no database, no secrets, no other handler.",
            discussion: """
                The handler's program is started as the manifest in TENANTRY_HANDLERS names it, and given the request, the clock, the identifiers, the \
                rows and the answers of other handlers that were recorded. Change the program, build it, replay again.

                Exit codes: 0 it ended as it was recorded, 1 it ended in another way, 65 it cannot be replayed, 66 there is no such recording.
                """)
        @Argument(help: "Its id, or the id of its request.") var id: String
        @Option(help: "Another program to run it with.") var program: String?
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let settings = try Settings()
                let recorded = try await InvocationCommand.open(id, settings)
                let replay = try await InvocationReplay(
                    recorded, try InvocationCommand.manifest(recorded.facts.handler, settings, program: program), programs: Programs.folder)
                try output.show(replay, lines: InvocationCommand.lines(recorded, replay))
                if !replay.isSame { throw ExitCode(1) }
            }
        }
    }
}

extension InvocationCommand {
    /// Finds and opens a recording.
    static func open(_ id: String, _ settings: Settings) async throws -> RecordedInvocation {
        try await Session.asInstaller(settings) { client in
            let stored = try await StoredRecordings(client: client).find(id, deadline: .after(Session.limit))
            let vault = try RecordingVault(keys: DataKeysCommand.keys(settings, client), home: settings.home)
            return try await vault.open(stored.sealed, tenant: stored.tenant, invocation: stored.invocation)
        }
    }

    /// The manifest of a handler, with another program where one is named.
    static func manifest(_ handler: String, _ settings: Settings, program: String?) throws -> Manifest {
        let manifests = try settings.manifests()
        guard var manifest = manifests.first(where: { $0.name == handler }) else {
            throw AppError(.notFound, "no manifest in TENANTRY_HANDLERS and no package names the handler \(handler)")
        }
        if let program {
            // From here a relative path means the working folder, not the handler's.
            manifest.program = program.hasPrefix("/") || !program.contains("/") ? program : "\(Programs.workingFolder)/\(program)"
        }
        return manifest
    }

    fileprivate static func lines(_ recorded: RecordedInvocation, _ replay: InvocationReplay) -> [String] {
        let facts = recorded.facts
        var lines = ["recorded  \(facts.status) \(facts.code) \(facts.message)", "replayed  \(replay.status) \(replay.code) \(replay.message)"]
        if !replay.body.isEmpty { lines.append("  \(replay.body)") }
        if !replay.detail.isEmpty { lines.append("  because: \(replay.detail)") }
        lines += replay.divergences.map { "  diverges: \($0)" }
        if !facts.redacted.isEmpty { lines.append("  without \(facts.redacted.joined(separator: ", ")), which the recording does not hold") }
        return lines + [replay.isSame ? "the same" : "different"]
    }
}
