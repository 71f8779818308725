import Kernel
import Manifest
import Postgres
import Tenants

/// All that `migrate up` brings up to date, in its order.
struct Installation {
    let client: PostgresClient
    let settings: Settings
    let manifests: [Manifest]
    let migrator: Migrator

    init(_ settings: Settings, _ client: PostgresClient) throws {
        self.client = client
        self.settings = settings
        manifests = try settings.manifests()
        var series = [try MigrationSeries.read("core", folder: settings.schema)]
        // Packages' steps run when they are installed, and not as the installer.
        for manifest in try settings.products() where File.isFolder("\(manifest.folder)/Schema") {
            series.append(try MigrationSeries.read(manifest.name, folder: "\(manifest.folder)/Schema"))
        }
        migrator = Migrator(client: client, prefix: settings.prefix, series: series)
    }

    /// Migrations, roles with their passwords, grants by the manifests, and revocations.
    func up() async throws -> [Migration] {
        let deadline = Deadline.after(.seconds(600))
        let applied = try await migrator.up(deadline: deadline)
        let roles = RoleInstaller(client: client, prefix: settings.prefix, home: settings.home)
        try await roles.install(deadline: deadline)
        try await roles.install(handlers: manifests.map(\.name), deadline: deadline)
        try await GrantInstaller(client: client, prefix: settings.prefix).install(manifests, deadline: deadline)
        try await migrator.harden(deadline: deadline)
        return applied
    }
}
