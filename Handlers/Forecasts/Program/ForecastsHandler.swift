import HandlerKit

/// Forecasts what indicators will be.
@main struct ForecastsHandler: Handler {
    init(environment: HandlerEnvironment) {}

    @RoutesBuilder var routes: [Route] {}

    static var commands: [ProgramCommand] { [ForecastCommand.command] }

    static var statements: [Statement] { [] }
}
