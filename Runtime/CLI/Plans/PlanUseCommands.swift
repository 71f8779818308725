import ArgumentParser
import Kernel
import Tenants

extension PlanCommand {
    struct Assign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Give a tenant a plan, from its next call on. What it uses above the plan's limits stays.")
        @Argument(help: "Slug or id of the tenant.") var tenant: String
        @Argument(help: "The plan's name.") var plan: String
        @Option(help: "Why; it stands in the record of changes.") var reason = ""
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await TenantCommand.show(output) { provisioning in
                let deadline = Deadline.after(Session.limit)
                let found = try await provisioning.tenant(tenant, deadline: deadline)
                _ = try await provisioning.plans.set(plan, of: found.id, reason: reason, deadline: deadline)
                return try await provisioning.tenant(found.id.description, deadline: deadline)
            }
        }
    }

    struct Usage: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "usage", abstract: "Say what a tenant uses of its plan; with --by, what its calls used in each day or month of UTC.")
        @Argument(help: "Slug or id of the tenant.") var tenant: String
        @Option(help: "day or month.") var by: String?
        @Option(help: "The first day or month, such as 2026-01-01; a year ago unless given.") var since: String?
        @Option(help: "Only what begins before; until now unless given.") var until: String?
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                if let by { try await history(by) } else { try await quotas() }
            }
        }

        private func quotas() async throws {
            let uses = try await TenantCommand.provisioning { provisioning in
                let deadline = Deadline.after(Session.limit)
                return try await provisioning.plans.quotas(of: try await provisioning.tenant(tenant, deadline: deadline).id, deadline: deadline)
            }
            let rows = uses.map { [$0.limit, "\($0.used)", $0.allowed.map { "\($0)" } ?? "none", $0.resetsAt?.description ?? "-", $0.plan] }
            try output.show(uses, lines: Output.table([["limit", "used", "allowed", "resets_at", "plan"]] + rows))
        }

        private func history(_ by: String) async throws {
            guard let grain = UsageGrain(rawValue: by) else { throw AppError.invalid("by", "expected day or month; got \(by)") }
            let now = TimeSource.system.now()
            let from = try time(since, "since") ?? now - .seconds(366 * 86_400)
            let end = try time(until, "until") ?? now
            let periods = try await TenantCommand.provisioning { provisioning in
                let deadline = Deadline.after(Session.limit)
                let found = try await provisioning.tenant(tenant, deadline: deadline)
                return try await provisioning.plans.history(of: found.id, by: grain, since: from, until: end, deadline: deadline)
            }
            let head = [
                "period_start", "invocations", "jobs", "errors", "cpu_ms", "database_ms", "rows", "database_bytes", "request_bytes", "answer_bytes",
            ]
            let rows = periods.map { used in
                [used.periodStart.description]
                    + [
                        used.invocations, used.jobs, used.errors, used.cpuMicroseconds / 1000, used.databaseMicroseconds / 1000, used.rows,
                        used.databaseBytes, used.requestBytes, used.answerBytes,
                    ].map { "\($0)" }
            }
            try output.show(periods, lines: Output.table([head] + rows))
        }

        private func time(_ text: String?, _ field: String) throws(AppError) -> Timestamp? {
            guard let text else { return nil }
            guard let time = Timestamp(text) else { throw AppError.invalid(field, "expected a time such as 2026-01-31 or 2026-01-31T00:00:00Z") }
            return time
        }
    }
}
