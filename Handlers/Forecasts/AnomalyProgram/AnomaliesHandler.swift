import HandlerKit

/// Says which values of series are unusual.
@main struct AnomaliesHandler: Handler {
    init(environment: HandlerEnvironment) {}

    @RoutesBuilder var routes: [Route] {}

    static var commands: [ProgramCommand] { [AnomaliesCommand.command] }

    static var statements: [Statement] { [] }
}
