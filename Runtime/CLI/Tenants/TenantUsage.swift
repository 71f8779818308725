import ArgumentParser
import Kernel
import Tenants

extension TenantCommand {
    struct Usage: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say what a tenant's calls used, by handler. Gateways write it every few seconds.")
        @Argument(help: "Slug or id.") var tenant: String
        @Option(help: "Only hours that begin then or later, such as 2026-01-31T00:00:00Z.") var since: String?
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let since = try since.map { text in
                    guard let time = Timestamp(text) else { throw AppError.invalid("since", "expected a time such as 2026-01-31T00:00:00Z") }
                    return time
                }
                let used = try await TenantCommand.provisioning { provisioning in
                    let deadline = Deadline.after(Session.limit)
                    let tenant = try await provisioning.tenant(tenant, deadline: deadline)
                    return try await provisioning.usage(of: tenant.id, since: since, deadline: deadline)
                }
                let head = [
                    "handler", "invocations", "jobs", "errors", "cpu_ms", "database_ms", "rows", "database_bytes", "request_bytes", "answer_bytes",
                ]
                let rows = used.map { sum in
                    [
                        sum.handler, "\(sum.invocations)", "\(sum.jobs)", "\(sum.errors)", "\(sum.cpuMicroseconds / 1000)",
                        "\(sum.databaseMicroseconds / 1000)", "\(sum.rows)", "\(sum.databaseBytes)", "\(sum.requestBytes)", "\(sum.answerBytes)",
                    ]
                }
                try output.show(used, lines: Output.table([head] + rows))
            }
        }
    }

    struct Health: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say how a tenant fares: calls and failures of the last day, sign-ins, mail.")
        @Argument(help: "Slug or id.") var tenant: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let deadline = Deadline.after(Session.limit)
                let found = try await TenantCommand.provisioning { try await $0.tenant(tenant, deadline: deadline) }
                let health = try await TenantCommand.console { try await $0.health(of: found.id, deadline: deadline) }
                var rows = [
                    ["status", health.status], ["calls_day", "\(health.callsDay)"], ["errors_day", "\(health.errorsDay)"],
                    ["sign_ins_day", "\(health.signInsDay)"], ["refused_sign_ins_day", "\(health.refusedSignInsDay)"],
                    ["live_sessions", "\(health.liveSessions)"], ["live_api_keys", "\(health.liveAPIKeys)"],
                    ["mail_waiting", "\(health.mailWaiting)"], ["mail_failed_week", "\(health.mailFailedWeek)"],
                ]
                if let last = health.lastCallAt { rows.append(["last_call_at", last.description]) }
                if let last = health.lastSignInAt { rows.append(["last_sign_in_at", last.description]) }
                try output.show(health, lines: Output.table(rows))
            }
        }
    }
}
