import ArgumentParser

/// `tenantry anomalies --input FILE --output FILE`: which values of a file's series are unusual. The work is done by the program of the handler whose
/// manifest has the command.
struct AnomaliesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anomalies",
        abstract: "Say which values of a file's series are unusual, how much, and why.",
        discussion: """
            The file is a CSV table with a series a row: columns id, values (with blanks between them, - where there is none) and step_s (seconds between them).

            --step N               seconds between values, where the file does not say
            --only-anomalies       leave out what is as usual
            """)

    @Option(help: "The file to read, - for standard input.") var input: String
    @Option(help: "The file to write; standard output where it is not given.") var output: String?
    @Argument(parsing: .allUnrecognized, help: "What the handler's program is told.") var options: [String] = []

    func run() async throws {
        try await Outcome.of { try ProgramHandover.become("anomalies", input: input, output: output, options: options) }
    }
}
