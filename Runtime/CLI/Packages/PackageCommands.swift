import ArgumentParser
import Kernel
import Manifest

extension HandlerCommand {
    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Install a handler from its folder: schema, role, grants, program. Repeat it where it was interrupted.",
            discussion: "The schema is first built in a database of its own and looked over; what would weaken a wall is refused, and nothing stays.")
        @Argument(help: "The folder with handler.yaml, the built program and Schema/.") var folder: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let report = try await PackageWork.run { try await $0.install(folder, over: nil) }
                try output.show(report, lines: lines(report, "installed"))
            }
        }
    }

    struct Upgrade: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replace an installed handler by what its folder holds now; the version before is kept for a rollback.",
            discussion: "Steps of the schema go forwards before the new program serves, so the old one must get along with them.")
        @Argument(help: "The folder with handler.yaml, the built program and Schema/.") var folder: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let name = try Manifest.load(folder: folder).name
                let report = try await PackageWork.run { try await $0.install(folder, over: name) }
                try output.show(report, lines: lines(report, report.previous == nil ? "unchanged:" : "upgraded"))
            }
        }
    }

    struct Rollback: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let the version before serve again, at once.",
            discussion: "The schema stays as it is: a version must get along with the steps of the one that follows it.")
        @Argument(help: "The handler's name.") var name: String
        @Option(help: "The version; the one before unless given.") var to: String?
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let report = try await PackageWork.run { try await $0.rollback(name, to: to) }
                try output.show(report, lines: lines(report, "rolled back"))
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take an installed handler away: its routes, its role, its files. Its data stays unless --drop-data.")
        @Argument(help: "The handler's name.") var name: String
        @Flag(help: "Drop its schema with all tenants' rows in it.") var dropData = false
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let report = try await PackageWork.run { try await $0.remove(name, dropData: dropData) }
                let data = report.dropped ? "its data was dropped" : "its data stays in the schema \(name)"
                try output.show(report, lines: ["removed \(name); \(data)"] + report.steps.map { "  took back \($0)" })
            }
        }
    }
}

private func lines(_ report: PackageWork.Report, _ verb: String) -> [String] {
    var lines = ["\(verb) \(report.name) \(report.version ?? "")" + (report.previous.map { ", before it \($0)" } ?? "")]
    lines += report.steps.map { "  applied \($0)" }
    lines.append("  running gateways take it up within about a second")
    lines += report.reaches.map { "  may reach: \($0)" }
    lines += report.ahead.map { "  stays applied: \($0)" }
    return lines
}
