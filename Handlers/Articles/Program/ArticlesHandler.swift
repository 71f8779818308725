import HandlerKit

/// Says what is in texts: for a file, and for the news of tenants.
@main struct ArticlesHandler: Handler {
    init(environment: HandlerEnvironment) {}

    @RoutesBuilder var routes: [Route] {}

    @JobsBuilder var jobs: [Job] { ScoreNews.job }

    static var commands: [ProgramCommand] { [SentimentCommand.command] }

    static var statements: [Statement] { ScoringSQL.all }
}
