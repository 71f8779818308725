import ArgumentParser
import Kernel
import Tenants

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "List, create and change plans; give a tenant a plan, and say what it uses of it.",
        subcommands: [List.self, Show.self, Create.self, Change.self, Assign.self, Usage.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all plans in their order.")
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let plans = try await PlanCommand.plans { try await $0.list(deadline: .after(Session.limit)) }
                let rows = plans.map { plan in
                    [plan.name, plan.isPublic ? "public" : "private", PlanCommand.price(plan), plan.title]
                        + PlanLimits.names.map { name in "\(name)=\(plan.limits[name].map { "\($0)" } ?? "none")" }
                }
                try output.show(plans, lines: Output.table(rows))
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a plan.")
        @Argument(help: "The plan's name.") var plan: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await PlanCommand.show(output) { try await $0.plan(plan, deadline: .after(Session.limit)) }
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a plan; private and without limits unless said otherwise.",
            discussion: "For one customer: tenantry plan create acme --title Acme --price 99000 --limit rows=50000000 --limit members=100")
        @Argument(help: "Its name, for ever: lower-case letters, digits and _, at most 32.") var name: String
        @OptionGroup var words: PlanWords
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await PlanCommand.show(output) { plans in
                var plan = Plan(name: name, title: name)
                try words.write(to: &plan)
                try await plans.create(plan, deadline: .after(Session.limit))
                return plan
            }
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change what is named of a plan. All its tenants are held to it from the next call on, in running gateways too.")
        @Argument(help: "The plan's name.") var plan: String
        @OptionGroup var words: PlanWords
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await PlanCommand.show(output) { plans in
                let deadline = Deadline.after(Session.limit)
                var changed = try await plans.plan(plan, deadline: deadline)
                try words.write(to: &changed)
                try await plans.change(changed, deadline: deadline)
                return changed
            }
        }
    }

    static func plans<R>(_ body: (Plans) async throws -> R) async throws -> R {
        try await Session.asInstaller(try Settings()) { client in try await body(Plans(client: client)) }
    }

    static func show(_ output: OutputOptions, _ work: (Plans) async throws -> Plan) async throws {
        try await Outcome.of {
            let plan = try await plans(work)
            let rows =
                [
                    ["name", plan.name], ["title", plan.title], ["description", plan.description], ["public", "\(plan.isPublic)"],
                    ["price", price(plan)], ["trial_days", "\(plan.trialDays)"], ["mfa_required", "\(plan.mfaRequired)"],
                ] + PlanLimits.names.map { [$0, plan.limits[$0].map { "\($0)" } ?? "none"] }
            try output.show(plan, lines: Output.table(rows))
        }
    }

    static func price(_ plan: Plan) -> String { "\(plan.priceMinor) \(plan.currency) minor/\(plan.billingInterval.rawValue)" }
}
