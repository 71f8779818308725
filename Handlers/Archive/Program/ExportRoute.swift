import ArchiveFormat
import Archives
import HandlerKit

/// `GET /admin/tenants/{tenant_id}/archive`: the whole tenant as it is at one instant, as JSON lines. `ARCHIVE.md` describes the form.
///
/// It is gathered before the client gets any of it, so that the snapshot waits for nobody, and what fails is an error and no cut-off file.
enum ExportRoute {
    struct Place: Decodable, Sendable {
        let tenant: UUID

        enum CodingKeys: String, CodingKey { case tenant = "tenant_id" }
    }

    static let route = Route.get(
        "/admin/tenants/{tenant_id}/archive", access: .operator("archives:read"), summary: "A whole tenant as an archive", writes: true
    ) { (_: Place, invocation: OperatorInvocation) async throws -> Response in
        let tenant = try invocation.requireTenant()
        var response = Response.spooled(contentType: ArchiveForm.mediaType) { writer in
            try await invocation.archiving(snapshot: true) { session in
                let end = try await TenantExport(of: tenant, session, at: invocation.time.now(), record: invocation.record).run {
                    try await writer.write($0)
                }
                invocation.logger.notice("a tenant was exported", metadata: .keys([.rows: "\(end.total)"]))
            }
        }
        response.headers.append(HeaderField(name: "content-disposition", value: "attachment; filename=\"tenant-\(tenant).jsonl\""))
        return response
    }
}
