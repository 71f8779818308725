import ArgumentParser
import Kernel
import Tenants

struct TenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "Tenants from their making to their end, and what they used.",
        discussion: "What a command changes stands in the tenant's audit log and among the security events, as done by the command line.",
        subcommands: [
            Create.self, List.self, Show.self, Rename.self, Weight.self, Plan.self, Suspend.self, Resume.self, Hold.self, Release.self, Delete.self,
            Undelete.self,
            Usage.self, Health.self, Export.self, Import.self, Clone.self,
        ])

    static func provisioning<R>(_ body: (Provisioning) async throws -> R) async throws -> R {
        try await Session.asInstaller(try Settings()) { client in try await body(Provisioning(client: client)) }
    }

    /// Lends the command line's own way to the functions of operators.
    static func console<R>(_ body: (Console) async throws -> R) async throws -> R {
        let settings = try Settings()
        let key = try await Session.asHost(settings) { client in try await KeyRing(client: client).newest(deadline: .after(Session.limit)) }
        return try await Session.asHandler(Console.handler, settings) { client in try await body(Console(client: client, key: key)) }
    }

    /// Does something to a tenant and shows what it is then.
    static func change(
        _ tenant: String, _ output: OutputOptions, _ work: (Console, TenantID, Deadline) async throws -> Void
    ) async throws {
        try await showing(output) {
            let deadline = Deadline.after(Session.limit)
            let found = try await provisioning { try await $0.tenant(tenant, deadline: deadline) }
            try await console { try await work($0, found.id, deadline) }
            return try await provisioning { try await $0.tenant(found.id.description, deadline: deadline) }
        }
    }

    /// What a body makes of a tenant by the tables themselves.
    static func show(_ output: OutputOptions, _ work: (Provisioning) async throws -> TenantRecord) async throws {
        try await showing(output) { try await provisioning(work) }
    }

    static func showing(_ output: OutputOptions, _ work: () async throws -> TenantRecord) async throws {
        try await Outcome.of {
            let tenant = try await work()
            var rows = [
                ["slug", tenant.slug], ["id", tenant.id.description], ["name", tenant.name], ["status", tenant.status.rawValue],
                ["kind", tenant.kind], ["plan", tenant.plan], ["region", tenant.region], ["time_zone", tenant.timeZone],
                ["weight", "\(tenant.weight)"], ["created_at", tenant.createdAt.description],
            ]
            if let deleteAt = tenant.deleteAt { rows.append(["delete_at", deleteAt.description]) }
            if tenant.legalHold { rows.append(["legal_hold", "yes"]) }
            try output.show(tenant, lines: Output.table(rows))
        }
    }
}
