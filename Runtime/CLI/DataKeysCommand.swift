import ArgumentParser
import Host
import Kernel
import Postgres
import Tenants

struct DataKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "List, rotate and rewrap the keys that seal what is tenants'.",
        discussion: """
            Each tenant has a key of its own, in versions. They lie in the database, wrapped by a master key: one that is derived from the master secret in \
            keys/ of TENANTRY_HOME, or one that TENANTRY_MASTER_KEY_COMMAND holds. A tenant's keys are destroyed when it is erased.
            """,
        subcommands: [List.self, Rotate.self, Rewrap.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the versions of a tenant's key. There is none before its first use.")
        @Argument(help: "Slug or id.") var tenant: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await DataKeysCommand.show(tenant, output) { keys, tenant in try await keys.list(of: tenant) }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the next version of a tenant's key.",
            discussion: "It seals a minute from now on, in running gateways too; what the versions before have sealed stays readable.")
        @Argument(help: "Slug or id.") var tenant: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await DataKeysCommand.show(tenant, output) { keys, tenant in try await keys.rotate(tenant) }
        }
    }

    struct Rewrap: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Wrap all data keys with the master key that is used now.",
            discussion: """
                Running gateways do it by themselves, each minute. Afterwards an older version of the master secret may be retired, as far as data keys are \
                concerned.
                """)
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let settings = try Settings()
                let (rewrapped, lost) = try await Session.asInstaller(settings) { try await DataKeysCommand.keys(settings, $0).rewrap() }
                try output.show(
                    ["rewrapped": rewrapped, "lost": lost],
                    lines: ["\(rewrapped) data keys wrapped anew"]
                        + (lost > 0 ? ["\(lost) data keys cannot be unwrapped by any master key that is known"] : []))
            }
        }
    }

    /// The data keys as a command reaches them.
    static func keys(_ settings: Settings, _ client: PostgresClient) -> DataKeys {
        let store = KeyStore(home: settings.home)
        return DataKeys(
            database: DataKeyDatabase(client: client),
            master: MasterKey(command: settings.masterKeyCommand) { () throws(AppError) in try store.master() })
    }

    /// Throws `CONFLICT` where data keys are wrapped by a version of the master secret. Not asked without a database.
    static func checkUnused(version: Int, _ settings: Settings) async throws {
        guard settings.databaseURL != nil else { return }
        let count = try await Session.asInstaller(settings) { try await keys(settings, $0).count(wrappedBy: version) }
        guard count == 0 else {
            throw AppError(.conflict, "version \(version) of the master secret wraps \(count) data keys; run `tenantry keys data rewrap` first")
        }
    }

    private static func show(
        _ tenant: String, _ output: OutputOptions, _ work: (DataKeys, TenantID) async throws -> [DataKeys.Shown]
    ) async throws {
        try await Outcome.of {
            let settings = try Settings()
            let shown = try await Session.asInstaller(settings) { client in
                let id = try await Provisioning(client: client).tenant(tenant, deadline: .after(Session.limit)).id
                return try await work(keys(settings, client), id)
            }
            let rows = shown.map { ["\($0.version)", $0.state, $0.master, $0.createdAt.description] }
            try output.show(shown, lines: Output.table([["version", "state", "master_id", "created_at"]] + rows))
        }
    }
}
