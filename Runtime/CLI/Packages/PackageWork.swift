import Host
import Kernel
import Manifest
import Postgres
import Tenants

/// What the commands on packages have in common: settings, folders, the database.
struct PackageWork {
    /// What a command has done, for people and tools.
    struct Report: Encodable {
        let name: String
        /// What serves now; nil where nothing does.
        var version: String?
        /// What served before.
        var previous: String?
        /// Steps of the schema that were taken, forwards or back.
        var steps: [String] = []
        /// Steps that stay applied although the version that serves does not know them.
        var ahead: [String] = []
        /// What its manifest lets it reach beside its own schema: tables, hosts, other handlers' routes.
        var reaches: [String] = []
        /// Whether tenants' data was dropped.
        var dropped = false
    }

    let settings: Settings
    let folders: PackageFolders
    let store: PackageStore
    let installer: PackageInstaller

    /// Longest time for one command.
    private static let limit: Duration = .seconds(540)

    /// Lends what a command needs, while no other works on packages.
    static func run<R>(_ body: (PackageWork) async throws -> R) async throws -> R {
        let settings = try Settings()
        let core = try MigrationSeries.read("core", folder: settings.schema)
        let base = try PostgresClient.Configuration(url: try settings.requireDatabaseURL())
        return try await Session.asInstaller(settings, connections: 4) { client, reactor in
            let installer = PackageInstaller(
                client: client, prefix: settings.prefix, home: settings.home, core: core, deadline: .after(limit),
                connect: { role, database in
                    var configuration = base
                    if let role { (configuration.user, configuration.password) = (role.name, role.password) }
                    if let database { configuration.database = database }
                    configuration.applicationName = "tenantry-cli"
                    configuration.maxConnections = 2
                    return PostgresClient(configuration, reactor: reactor, logger: Session.logger)
                })
            let folders = PackageFolders(home: settings.home)
            let work = PackageWork(settings: settings, folders: folders, store: PackageStore(folders), installer: installer)
            return try await installer.locked { try await body(work) }
        }
    }

    /// Installs what stands in a folder, or goes on where an earlier try was ended.
    func install(_ source: String, over old: String?) async throws -> Report {
        let given = try Manifest.load(folder: source)
        try PackageRules.check(given)
        let name = given.name
        let files = try PackageFiles(given)
        if let taken = try settings.products().first(where: { $0.name == name }) {
            throw AppError(.conflict, "\(taken.folder) has a handler named \(name) already; choose another name")
        }
        let current = folders.version(name, link: "current")
        if old == nil, let current, current != files.version {
            throw AppError(.conflict, "\(name) is installed already, as \(current); `tenantry handler upgrade \(source)` replaces it")
        }
        if let old, old != name { throw AppError.invalid("name", "expected a package of \(old); got \(name)") }
        if old != nil, current == nil {
            throw AppError(.notFound, "no package \(name) is installed; `tenantry handler install \(source)` installs it")
        }
        try store.add(files, of: name)
        let folder = folders.folder(name, files.version)
        do {
            let manifest = try Manifest.load(folder: folder)
            let series = try Self.series(manifest)
            try await check(manifest)
            try await installer.tryOut(manifest, series)
            let steps = try await installer.install(manifest, series)
            try store.serve(files.version, of: name)
            try await installer.record(name, version: files.version, source: source)
            try store.tidy(name)
            return Report(
                name: name, version: files.version, previous: current == files.version ? nil : current, steps: steps.map(\.label),
                reaches: Self.reaches(manifest))
        } catch {
            // What was refused leaves no files behind; what serves stays.
            try store.drop(files.version, of: name)
            if !File.isFolder("\(folders.root)/\(name)/versions") || folders.version(name, link: "current") == nil { try store.remove(name) }
            throw error
        }
    }

    /// Lets an earlier version serve again.
    func rollback(_ name: String, to wanted: String?) async throws -> Report {
        guard let current = folders.version(name, link: "current") else { throw AppError(.notFound, "no package \(name) is installed") }
        guard let target = wanted ?? folders.version(name, link: "previous"), target != current else {
            throw AppError(.notFound, "\(name) has no version to go back to; \(current) serves")
        }
        guard File.isFolder(folders.folder(name, target)), !target.contains("/") else {
            throw AppError(.notFound, "\(name) has no version \(target) any more")
        }
        let manifest = try Manifest.load(folder: folders.folder(name, target))
        let series = try Self.series(manifest)
        let ahead = try await installer.stepsBeyond(series)
        try await check(manifest)
        try await installer.grant(manifest)
        try store.goBack(to: target, of: name)
        try await installer.record(name, version: target, source: "rollback from \(current)")
        return Report(name: name, version: target, previous: current, ahead: ahead)
    }

    /// Takes a package away; with its data only where that is asked for.
    func remove(_ name: String, dropData: Bool) async throws -> Report {
        guard Manifest.isName(name), PackageRules.refusal(of: name) == nil else { throw AppError(.notFound, "no package \(name) is installed") }
        if try settings.products().contains(where: { $0.name == name }) {
            throw AppError(.conflict, "\(name) came with the product, not as a package")
        }
        let known = try await installer.knows(name)
        guard known.handler || store.exists(name) || dropData && known.data else { throw AppError(.notFound, "no package \(name) is installed") }
        let version = folders.version(name, link: "current") ?? folders.version(name, link: "removed")
        var report = Report(name: name, previous: version)
        try store.retire(name)
        try await installer.revoke(name)
        if dropData {
            let series = try version.flatMap { version -> MigrationSeries? in
                try Self.series(try Manifest.load(folder: folders.folder(name, version)))
            }
            report.steps = try await installer.dropData(name, series).map(\.label)
            report.dropped = true
        }
        try store.remove(name)
        return report
    }

    /// The program starts, says what it serves, and serves nothing that another handler does.
    private func check(_ manifest: Manifest) async throws {
        let others = try settings.manifests().filter { $0.name != manifest.name }
        var all: [HandlerInspection] = []
        for manifest in [manifest] + others { all.append(try await HandlerCommand.inspect(manifest, settings)) }
        try HandlerInspection.check(together: all)
    }

    private static func reaches(_ manifest: Manifest) -> [String] {
        let foreign = manifest.grants.filter { !$0.object.hasPrefix("\(manifest.name).") }
        return foreign.map { "\($0.verbs.map(\.rawValue).joined(separator: ", ")) on \($0.object)" } + manifest.egress.map { "host \($0)" }
            + manifest.calls.map { "call \($0)" }
    }

    private static func series(_ manifest: Manifest) throws -> MigrationSeries {
        guard File.isFolder("\(manifest.folder)/Schema") else { return try MigrationSeries(manifest.name, files: [:]) }
        return try MigrationSeries.read(manifest.name, folder: "\(manifest.folder)/Schema")
    }
}
