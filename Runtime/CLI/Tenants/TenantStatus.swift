import ArgumentParser
import Kernel
import Tenants

extension TenantCommand {
    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Refuse every call of a tenant, from now on and in running gateways too.")
        @Argument(help: "Slug or id.") var tenant: String
        @Option(help: "Why; stands in the record.") var reason: String?
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await TenantCommand.change(tenant, output) { try await $0.set(.suspended, of: $1, reason: reason, deadline: $2) }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a suspended tenant in again.")
        @Argument(help: "Slug or id.") var tenant: String
        @Option(help: "Why; stands in the record.") var reason: String?
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await TenantCommand.change(tenant, output) { try await $0.set(.active, of: $1, reason: reason, deadline: $2) }
        }
    }

    struct Hold: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let nothing of a tenant be removed, neither by its plan nor for good.", discussion: "Until `tenant release` lifts it.")
        @Argument(help: "Slug or id.") var tenant: String
        @Option(help: "Why; stands in the record.") var reason: String?
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await TenantCommand.change(tenant, output) { try await $0.set(.held, of: $1, reason: reason, deadline: $2) }
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lift the hold on a tenant.")
        @Argument(help: "Slug or id.") var tenant: String
        @Option(help: "Why; stands in the record.") var reason: String?
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await TenantCommand.change(tenant, output) { try await $0.set(.released, of: $1, reason: reason, deadline: $2) }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shut a tenant now, and let it go for good after days of grace.", discussion: "Until then `tenant undelete` keeps it.")
        @Argument(help: "Slug or id.") var tenant: String
        @Option(help: "Days of grace, 0 to 365.") var graceDays = 30
        @Option(help: "Why; stands in the record.") var reason: String?
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (0...365).contains(graceDays) else { throw ValidationError("--grace-days: expected 0 to 365") }
        }

        func run() async throws {
            try await TenantCommand.change(tenant, output) {
                try await $0.set(.deleting, of: $1, grace: .seconds(graceDays * 86_400), reason: reason, deadline: $2)
            }
        }
    }

    struct Undelete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Keep a tenant that was to go; it is what it was before.")
        @Argument(help: "Slug or id.") var tenant: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await TenantCommand.change(tenant, output) { try await $0.set(.undeleted, of: $1, deadline: $2) }
        }
    }
}
