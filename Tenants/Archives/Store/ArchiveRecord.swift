public import Kernel
public import Postgres

/// What an act leaves behind: a line of the tenant's audit log, and a security event of the operator.
public struct ArchiveRecord: Sendable {
    /// $1 of each statement is the tenant; it is not among the binds.
    private let calls: @Sendable (StaticString, JSONValue) -> [Call]

    /// Made of the statements for an action and its details; the tenant is put in front of their binds.
    public init(_ calls: @escaping @Sendable (StaticString, JSONValue) -> [Call]) { self.calls = calls }

    /// Of the command line, behind which nobody stands whom the installation knows.
    public static func commandLine(makeID: @escaping @Sendable () -> UUID) -> ArchiveRecord {
        ArchiveRecord { action, details in
            let details = Bind.json(Array(details.description.utf8))
            let event = String(action.description.map { $0 == "." ? "_" : $0 })
            return [Call(line, [.uuid(makeID()), .text(action.description), details]), Call(security, [.text(event), details])]
        }
    }

    /// $2 id, $3 action, $4 details.
    private static let line = Statement(
        "archives.audit",
        """
        insert into app.audit_log (tenant_id, id, user_id, role, action, target_type, target_id, address, user_agent, request_id, details)
        values ($1, $2, tenancy.user_id(), 'operator', $3, 'tenant', $1::text, '', 'tenantry', '', $4)
        """, access: .write)

    /// $2 action, $3 details.
    private static let security = Statement(
        "archives.event",
        "select identity.record_operator_event($2::text, ''::text, 'tenantry'::text, $3::jsonb) where $1::uuid = tenancy.tenant_id()", access: .write)

    /// Leaves both in the open transaction, under the context of the tenant that is named.
    func leave(_ action: StaticString, on tenant: TenantID, details: JSONValue, in session: any ArchiveSession) async throws {
        for call in calls(action, details) { _ = try await session.rows(call.statement.text, [.id(tenant)] + call.binds) }
    }
}
