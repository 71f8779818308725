import ArchiveFormat
import Archives
import ArgumentParser
import Kernel
import Tenants

extension TenantCommand {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a whole tenant as an archive, as it is at one instant.",
            discussion: "Works with and without a running gateway. The file is there as a whole or not at all; no password and no key is in it.")
        @Argument(help: "Slug or id.") var tenant: String
        @Option(name: .shortAndLong, help: "The file to write; - is standard output.") var output = "-"

        func run() async throws {
            try await Outcome.of {
                let settings = try Settings()
                let exported = try await TenantCommand.provisioning { try await $0.tenant(tenant, deadline: .after(Session.limit)) }
                var file = try ArchiveFile(writing: output)
                let end = try await ArchiveAccess.run(settings, tenant: exported.id, snapshot: true) { session in
                    try await TenantExport(of: exported.id, session, at: TimeSource.system.now(), record: ArchiveAccess.record).run {
                        try file.write($0)
                    }
                }
                try file.keep()
                Output.note("exported \(exported.slug): \(end.total) rows")
            }
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a new tenant of an archive, all of it or nothing.",
            discussion: """
                Works with and without a running gateway. Members are found by their address; who has no account here gets one without a password, \
                which whoever reads the mail may set.
                """)
        @Argument(help: "The archive; - is standard input.") var file: String
        @Option(help: "Another short name than the archive's.") var slug: String?
        @Option(help: "Another name than the archive's.") var name: String?
        @Option(help: "Another plan than the archive's.") var plan: String?
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let target = ImportTarget(id: TenantID(ArchiveAccess.id()), slug: slug, name: name, plan: plan)
                try target.check()
                let made = try await ArchiveAccess.run(try Settings(), tenant: target.id) { session in
                    var reader = ArchiveReader()
                    var tenant = TenantImport(target, session, record: ArchiveAccess.record)
                    var made: ImportedTenant?
                    try await ArchiveFile.forEachPiece(of: file) { piece in
                        for event in try reader.read(piece) { made = try await tenant.take(event) ?? made }
                    }
                    _ = try reader.finish()
                    guard let made else { throw AppError(.internalError, "the archive ended without a tenant") }
                    return made
                }
                try output.show(made, lines: made.lines)
            }
        }
    }

    struct Clone: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copy a whole tenant as a sandbox, all of it or nothing. Works with and without a running gateway.")
        @Argument(help: "Slug or id of the original.") var tenant: String
        @Option(help: "The copy's short name.") var slug: String
        @Option(help: "The copy's name; the original's unless given.") var name: String?
        @Option(help: "The copy's plan; the original's unless given.") var plan: String?
        @Flag(help: "Leave the members out.") var withoutMembers = false
        @Flag(help: "Make an ordinary tenant, not a sandbox.") var live = false
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let target = ImportTarget(
                    id: TenantID(ArchiveAccess.id()), slug: slug, name: name, plan: plan, kind: live ? .live : .sandbox,
                    takesMembers: !withoutMembers)
                try target.check()
                let original = try await TenantCommand.provisioning { try await $0.tenant(tenant, deadline: .after(Session.limit)) }
                let made = try await ArchiveAccess.run(try Settings(), tenant: original.id, snapshot: true) { session in
                    try await TenantClone(
                        of: original.id, as: target, session, record: ArchiveAccess.record, at: TimeSource.system.now()
                    ).run()
                }
                try output.show(made, lines: made.lines)
            }
        }
    }
}

extension ImportTarget {
    fileprivate func check() throws(AppError) {
        guard issues.isEmpty else { throw AppError(.validation, issues: issues) }
    }
}

extension ImportedTenant {
    fileprivate var lines: [String] {
        Output.table([
            ["slug", slug], ["id", id.description], ["name", name], ["plan", plan], ["kind", kind.rawValue], ["source", source],
            ["members", "\(members)"], ["rows", "\(rows)"],
        ])
    }
}
