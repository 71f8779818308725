import ArgumentParser
import Kernel
import Tenants

struct LintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint", abstract: "Check the walls between tenants in the database. Exits with 1 if the runtime would refuse to start.")
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await Outcome.of {
            let settings = try Settings()
            let report = try await Session.asInstaller(settings) { client in
                try await Linter(client: client, prefix: settings.prefix).run(deadline: .after(Session.limit))
            }
            try output.show(report.findings, lines: Self.lines(report))
            if !report.refusals(accepting: settings.accepted).isEmpty { throw ExitCode(1) }
        }
    }

    static func lines(_ report: LintReport) -> [String] {
        if report.findings.isEmpty { return ["nothing found"] }
        return report.findings.flatMap { finding in
            ["\(finding.level.rawValue): \(finding.id): \(finding.object)", "  gains: \(finding.gain)"]
                + (finding.fix.isEmpty ? [] : ["  fix:   \(finding.fix);"])
        }
    }
}
