import ArgumentParser

/// The program `tenantry`: runs the gateway and looks after an installation.
@main
struct Tenantry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenantry",
        abstract: "A multi-tenant analytics backend on Postgres.",
        discussion: """
            Settings come from the environment: TENANTRY_DATABASE_URL (the installer's sign-in), TENANTRY_HOME (state, default .tenantry), \
            TENANTRY_ROLE_PREFIX, TENANTRY_ADDRESS and others that the README lists.

            Exit codes: 0 done, 1 something was found or failed, 64 wrong usage, 65 refused input, 66 not there, 69 the database or another part is \
            not available, 70 an internal error, 73 it exists already, 77 not allowed.

            Completion: tenantry --generate-completion-script bash|zsh|fish
            """,
        subcommands: [
            RunCommand.self, MigrateCommand.self, TenantCommand.self, PlanCommand.self, OperatorCommand.self, UserCommand.self, HandlerCommand.self,
            InvocationCommand.self, LintCommand.self, KeysCommand.self, SubscriptionCommand.self, JobsCommand.self, TimersCommand.self,
            InspectCommand.self, ForecastCommand.self, AnomaliesCommand.self, SentimentCommand.self,
        ])
}
