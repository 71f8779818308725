import Kernel
import Manifest
import Testing

@testable import Tenants

@Suite struct GrantPlanTests {
    private let plan = GrantPlan(
        prefix: .standard,
        objects: [
            GrantObject(name: "app.a", kind: .table, signature: "app.a", columns: ["tenant_id", "id", "name"], changeable: ["name"]),
            GrantObject(name: "identity.f", kind: .function, signature: "identity.f(uuid)", columns: [], changeable: []),
        ])

    private func statements(_ handler: String, _ object: String, _ verbs: Manifest.Verb...) throws(AppError) -> [String] {
        var manifest = Manifest(name: handler, program: "x")
        manifest.grants = [.init(object: object, verbs: verbs)]
        return try plan.statements(for: manifest)
    }

    @Test("reading and changing is granted by column, the rest by table; what was granted before goes first")
    func columns() throws {
        #expect(
            try statements("one", "app.a", .select, .update, .insert, .delete) == [
                "drop owned by tenantry_h_one", "grant usage on schema app, jobs, runtime, tenancy to tenantry_h_one",
            ] + GrantPlan.everyHandler.map { "grant \($0) to tenantry_h_one" } + [
                "grant select (tenant_id, id, name) on app.a to tenantry_h_one", "grant update (name) on app.a to tenantry_h_one",
                "grant insert on app.a to tenantry_h_one", "grant delete on app.a to tenantry_h_one",
            ])
        #expect(try statements("auth", "identity.f", .execute).last == "grant execute on function identity.f(uuid) to tenantry_h_auth")
    }

    @Test("what no handler may have is refused")
    func refused() {
        for (handler, object, verb) in [
            ("one", "app.b", Manifest.Verb.select), ("one", "tenancy.keys", .select), ("one", "identity.f", .execute),
            ("auth", "identity.users", .select),
            ("one", "reference.rates", .insert), ("one", "runtime.claim_key", .execute), ("one", "pg_catalog.pg_class", .select),
            ("one", "app.a", .execute),
        ] {
            let error = #expect(throws: AppError.self, "\(object)") { try statements(handler, object, verb) }
            #expect(error?.issues.first?.field == object)
        }
    }
}
