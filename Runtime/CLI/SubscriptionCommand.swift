import ArgumentParser
import Kernel
import Tenants

struct SubscriptionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscription", abstract: "Show what tenants subscribe to, and decide what they ask for.",
        subcommands: [List.self, Approve.self, Refuse.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the tenants' subscriptions by slug.")
        @Flag(help: "Only those that ask for a plan.") var requested = false
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await SubscriptionCommand.show(output) { try await $0.list(onlyRequests: requested, deadline: .after(Session.limit)) }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a tenant the plan that it asks for, from now on and in running gateways too. A paid period begins with it.")
        @Argument(help: "Slug or id.") var tenant: String
        @Option(help: "Why, for the records.") var reason = "approved"
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await SubscriptionCommand.show(output) { [try await $0.approve(tenant, reason: reason, deadline: .after(Session.limit))] }
        }
    }

    struct Refuse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a tenant wait no more for the plan that it asks for.")
        @Argument(help: "Slug or id.") var tenant: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await SubscriptionCommand.show(output) { [try await $0.refuse(tenant, deadline: .after(Session.limit))] }
        }
    }

    private static func show(_ output: OutputOptions, _ work: (Subscriptions) async throws -> [SubscriptionRecord]) async throws {
        try await Outcome.of {
            let found = try await Session.asInstaller(try Settings()) { client in try await work(Subscriptions(client: client)) }
            let head = ["tenant", "plan", "status", "provider", "period_end", "scheduled_plan", "requested_plan"]
            let rows = found.map { record in
                [
                    record.slug, record.plan, record.status, record.provider, (record.periodEnd ?? record.trialEnd)?.description ?? "",
                    record.scheduledPlan ?? "", record.requestedPlan ?? "",
                ]
            }
            try output.show(found, lines: Output.table([head] + rows))
        }
    }
}
