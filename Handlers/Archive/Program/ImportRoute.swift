import ArchiveFormat
import Archives
import HandlerKit

/// `POST /admin/archives`: makes a new tenant of an archive, all of it or nothing.
///
/// `slug`, `name` and `plan` in the query stand in the place of what the archive says. Errors: 409 where the slug is taken, 422 with the line or the
/// table for an archive that cannot be read or does not fit this installation, 400 for a plan that is not there, 402 where the plan allows less.
enum ImportRoute {
    struct Query: Decodable, Sendable, Validated {
        let slug: String?
        let name: String?
        let plan: String?

        func validate(_ issues: inout [AppError.Issue]) {
            issues += ImportTarget(id: TenantID(.zero), slug: slug, name: name, plan: plan).issues
        }
    }

    static let route = Route.post(
        "/admin/archives", access: .operatorOfNewTenant("archives:write"), summary: "Make a tenant of an archive", status: 201,
        body: .bytes(limit: bodyLimit)
    ) { (query: Query, invocation: OperatorInvocation) async throws -> ImportedTenant in
        let target = ImportTarget(id: try invocation.requireTenant(), slug: query.slug, name: query.name, plan: query.plan)
        return try await invocation.archiving { session in
            var reader = ArchiveReader()
            var tenant = TenantImport(target, session, record: invocation.record)
            var made: ImportedTenant?
            // The gateway has all of the body already: the transaction waits for no client.
            for try await piece in invocation.body {
                for event in try reader.read(piece) { made = try await tenant.take(event) ?? made }
            }
            _ = try reader.finish()
            guard let made else { throw AppError(.internalError, detail: "an archive ended without a tenant") }
            return made
        }
    }

    /// As much as the room for bodies on disk of one tenant.
    private static let bodyLimit = 4 << 30
}
