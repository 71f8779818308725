import ArgumentParser

/// `tenantry inspect FILE`: says what a file holds. The work is done by the program of the handler whose manifest has the command.
struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Say what a file of a table holds: how it is written, its header, its rows.",
        discussion: """
            --json                 answer in JSON, with all rows
            --rows N               at most N rows
            --encoding, --delimiter, --quote, --escape, --skip-rows, --header-rows
                                   what need not be guessed
            """)

    @Argument(help: "The file.") var file: String
    @Argument(parsing: .allUnrecognized, help: "What the handler's program is told.") var options: [String] = []

    func run() async throws {
        try await Outcome.of {
            try ProgramHandover.become("inspect", input: file, options: options)
        }
    }
}
