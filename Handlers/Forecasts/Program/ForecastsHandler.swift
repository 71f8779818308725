import HandlerKit

/// Forecasts what indicators will be, and says which of their values are unusual.
@main struct ForecastsHandler: Handler {
    init(environment: HandlerEnvironment) {}

    @RoutesBuilder var routes: [Route] { RecomputeRoute.route }

    @JobsBuilder var jobs: [Job] {
        ForecastJobs.jobs
        DetectionJob.job
    }

    static var commands: [ProgramCommand] { [ForecastCommand.command, AnomaliesCommand.command] }

    static var statements: [Statement] { ValuesSQL.all + ForecastsSQL.all + DetectionSQL.all + [QuotaSQL.consume] }
}
