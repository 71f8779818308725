import ArgumentParser
import Kernel
import Tenants

extension TenantCommand {
    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Call a tenant something else, or move it.")
        @Argument(help: "Slug or id.") var tenant: String
        @Option(help: "What people call it.") var name: String?
        @Option(help: "Its short name, with which people sign in.") var slug: String?
        @Option(help: "Where its data is meant to lie.") var region: String?
        @Option(help: "Its time zone, such as Europe/Berlin.") var timeZone: String?
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard name != nil || slug != nil || region != nil || timeZone != nil else {
                throw ValidationError("Say what is to be another: --name, --slug, --region or --time-zone")
            }
        }

        func run() async throws {
            try await TenantCommand.change(tenant, output) { console, id, deadline in
                try Provisioning.check(slug: slug, name: name)
                var change = Console.Change()
                (change.name, change.slug, change.region, change.timeZone) = (name, slug, region, timeZone)
                _ = try await console.change(change, of: id, deadline: deadline)
            }
        }
    }

    struct Weight: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a tenant another share where it competes with others, from now on and in running gateways too.")
        @Argument(help: "Slug or id.") var tenant: String
        @Argument(help: "1 to 10000; 100 is an ordinary share.") var weight: Int
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await TenantCommand.change(tenant, output) { console, id, deadline in
                guard (1...10_000).contains(weight) else { throw AppError.invalid("weight", "expected 1 to 10000; got \(weight)") }
                var change = Console.Change()
                change.weight = weight
                _ = try await console.change(change, of: id, deadline: deadline)
            }
        }
    }

    struct Plan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Move a tenant to another plan, from now on.")
        @Argument(help: "Slug or id.") var tenant: String
        @Argument(help: "The plan's name.") var plan: String
        @Option(help: "Why; stands in the record.") var reason = "by the command line"
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await TenantCommand.change(tenant, output) { try await $0.move($1, to: plan, reason: reason, deadline: $2) }
        }
    }
}
