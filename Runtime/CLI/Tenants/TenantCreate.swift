import ArgumentParser
import Kernel
import Tenants

extension TenantCommand {
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an active tenant with owner and businesses, all of it or nothing.")
        @Option(help: "What people call it.") var name: String
        @Option(help: "Its short name: lower-case letters, digits and -, at most 63.") var slug: String
        @Option(help: "Its plan.") var plan = "free"
        @Option(help: "The address of the account that owns it; nobody unless given.") var owner: String?
        @Option(help: "The name of a business; may be repeated.") var business: [String] = []
        @Option(help: "Where its data is meant to lie; a word of your own.") var region = "default"
        @Option(help: "Its time zone, such as Europe/Berlin.") var timeZone = "UTC"
        @Flag(help: "Make it a sandbox.") var sandbox = false
        @Flag(help: "Show the tenant if the slug is taken, instead of failing.") var ifAbsent = false
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await TenantCommand.showing(output) {
                let deadline = Deadline.after(Session.limit)
                do {
                    try check()
                    var new = Console.NewTenant(slug: slug, name: name)
                    (new.plan, new.region, new.timeZone, new.isSandbox, new.businesses) = (plan, region, timeZone, sandbox, business)
                    if let owner { new.owner = try await TenantCommand.provisioning { try await $0.user(email: owner, deadline: deadline) } }
                    let made = try await TenantCommand.console { try await $0.create(new, deadline: deadline) }
                    return try await TenantCommand.provisioning { try await $0.tenant(made.description, deadline: deadline) }
                } catch let error as AppError where ifAbsent && error.code == .conflict {
                    return try await TenantCommand.provisioning { try await $0.tenant(slug, deadline: deadline) }
                }
            }
        }

        private func check() throws(AppError) {
            try Provisioning.check(slug: slug, name: name)
            guard business.allSatisfy({ (1...200).contains($0.unicodeScalars.count) }) else {
                throw AppError.invalid("business", "expected 1 to 200 characters")
            }
        }
    }
}
