public import ArgumentParser
import Kernel
public import Tenants

extension TenantCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List tenants by slug.")
        @Option(help: "Only those of this status: \(TenantRecord.Status.allCases.map(\.rawValue).joined(separator: ", ")).")
        var status: TenantRecord.Status?
        @Option(help: "Only those of this plan.") var plan: String?
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let tenants = try await TenantCommand.provisioning { try await $0.tenants(deadline: .after(Session.limit)) }.filter {
                    (status == nil || $0.status == status) && (plan == nil || $0.plan == plan)
                }
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
            try await TenantCommand.showing(output) {
                try await TenantCommand.provisioning { try await $0.tenant(tenant, deadline: .after(Session.limit)) }
            }
        }
    }
}

extension TenantRecord.Status: ExpressibleByArgument {}
