import HandlerKit

/// Says what is in texts.
@main struct ArticlesHandler: Handler {
    init(environment: HandlerEnvironment) {}

    @RoutesBuilder var routes: [Route] {}

    static var commands: [ProgramCommand] { [SentimentCommand.command] }

    static var statements: [Statement] { [] }
}
