import ArgumentParser

/// `tenantry sentiment --input FILE --output FILE`: the tone of a file's texts. The work is done by the program of the handler whose manifest has the
/// command.
struct SentimentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sentiment",
        abstract: "Say the tone of each text of a file: a score from -1 to 1, and neg, neu or pos.",
        discussion: "The file is a CSV table with the columns id and text, one sentence or headline a row.")

    @Option(help: "The file to read, - for standard input.") var input: String
    @Option(help: "The file to write; standard output where it is not given.") var output: String?
    @Argument(parsing: .allUnrecognized, help: "What the handler's program is told.") var options: [String] = []

    func run() async throws {
        try await Outcome.of { try ProgramHandover.become("sentiment", input: input, output: output, options: options) }
    }
}
