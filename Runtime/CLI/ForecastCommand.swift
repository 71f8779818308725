import ArgumentParser

/// `tenantry forecast [backtest] --input FILE --output FILE`: what the series of a file will be. The work is done by the program of the handler whose
/// manifest has the command.
struct ForecastCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast",
        abstract: "Forecast the series of a file, with bands; or say how well their past would have been forecast.",
        discussion: """
            The file is a table of observations (a column of times, columns of numbers, perhaps one named id, series or metric), or one with a series a row \
            (columns id, freq, horizon, start, train).

            backtest               measure on the series' own last three windows instead
            --horizon N            steps ahead; the frequency's usual where nothing says
            --frequency            hourly, daily, business_daily, weekly, monthly, quarterly, yearly; guessed by the times
            --aggregate            mean, sum or last of several values in one step
            --lowest N, --highest N
                                   what the values cannot pass; 0 at the low end where they never did
            --json                 with models, their weights and errors, trend and seasons
            """)

    @Option(help: "The file to read, - for standard input.") var input: String
    @Option(help: "The file to write; standard output where it is not given.") var output: String?
    @Argument(parsing: .allUnrecognized, help: "backtest, and what the handler's program is told.") var options: [String] = []

    func run() async throws {
        try await Outcome.of { try ProgramHandover.become("forecast", input: input, output: output, options: options) }
    }
}
