import ArgumentParser
import Kernel
import Tenants

struct TenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "Create, show, weigh, suspend and resume tenants, and say what they used.",
        subcommands: [Create.self, List.self, Show.self, Suspend.self, Resume.self, Weight.self, Usage.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Create an active tenant.")
        @Option(help: "What people call it.") var name: String
        @Option(help: "Its short name: lower-case letters, digits and -, at most 63.") var slug: String
        @Option(help: "Its plan.") var plan = "free"
        @Flag(help: "Show the tenant if the slug is taken, instead of failing.") var ifAbsent = false
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await TenantCommand.show(output) { provisioning in
                do {
                    return try await provisioning.createTenant(slug: slug, name: name, plan: plan, deadline: .after(Session.limit))
                } catch let error as AppError where ifAbsent && error.code == .conflict {
                    return try await provisioning.tenant(slug, deadline: .after(Session.limit))
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all tenants by slug.")
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let tenants = try await TenantCommand.provisioning { try await $0.tenants(deadline: .after(Session.limit)) }
                let rows = tenants.map { [$0.slug, $0.id.description, $0.status.rawValue, $0.plan, $0.name] }
                try output.show(tenants, lines: Output.table(rows))
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a tenant.")
        @Argument(help: "Slug or id.") var tenant: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await TenantCommand.show(output) { try await $0.tenant(tenant, deadline: .after(Session.limit)) }
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Refuse every call of a tenant, from now on and in running gateways too.")
        @Argument(help: "Slug or id.") var tenant: String
        @OptionGroup var output: OutputOptions

        func run() async throws { try await TenantCommand.setStatus(.suspended, tenant, output) }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a suspended tenant in again.")
        @Argument(help: "Slug or id.") var tenant: String
        @OptionGroup var output: OutputOptions

        func run() async throws { try await TenantCommand.setStatus(.active, tenant, output) }
    }

    struct Weight: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a tenant another share where it competes with others, from now on and in running gateways too.")
        @Argument(help: "Slug or id.") var tenant: String
        @Argument(help: "1 to 10000; 100 is an ordinary share.") var weight: Int
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await TenantCommand.show(output) { provisioning in
                let deadline = Deadline.after(Session.limit)
                return try await provisioning.setWeight(weight, of: try await provisioning.tenant(tenant, deadline: deadline).id, deadline: deadline)
            }
        }
    }
}

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
                        "\(sum.databaseMicroseconds / 1000)",
                        "\(sum.rows)", "\(sum.databaseBytes)", "\(sum.requestBytes)", "\(sum.answerBytes)",
                    ]
                }
                try output.show(used, lines: Output.table([head] + rows))
            }
        }
    }

    static func provisioning<R>(_ body: (Provisioning) async throws -> R) async throws -> R {
        try await Session.asInstaller(try Settings()) { client in try await body(Provisioning(client: client)) }
    }

    static func setStatus(_ status: TenantRecord.Status, _ tenant: String, _ output: OutputOptions) async throws {
        try await show(output) { provisioning in
            let deadline = Deadline.after(Session.limit)
            return try await provisioning.setStatus(status, of: try await provisioning.tenant(tenant, deadline: deadline).id, deadline: deadline)
        }
    }

    static func show(_ output: OutputOptions, _ work: (Provisioning) async throws -> TenantRecord) async throws {
        try await Outcome.of {
            let tenant = try await provisioning(work)
            let rows = [
                ["slug", tenant.slug], ["id", tenant.id.description], ["name", tenant.name], ["status", tenant.status.rawValue],
                ["plan", tenant.plan], ["weight", "\(tenant.weight)"], ["created_at", tenant.createdAt.description],
            ]
            try output.show(tenant, lines: Output.table(rows))
        }
    }
}
