import Kernel
import Manifest

/// One table, view or function that grants may name, as the catalogue knows it.
struct GrantObject: Sendable, Hashable {
    enum Kind: String, Sendable { case table, view, function }

    /// `schema.name` as a manifest writes it.
    let name: String
    let kind: Kind
    /// As SQL names it; a function with its argument types.
    let signature: String
    /// Quoted names of all columns.
    let columns: [String]
    /// Quoted names of the columns outside the key.
    let changeable: [String]
}

/// From manifests and catalogue to GRANT statements. Pure.
///
/// Reading and changing is granted by column. That leaves out the system columns, whose values tell how much all tenants write; it leaves out
/// tenant and key in updates; and `LOCK TABLE` asks for more than columns, so a handler without `delete` cannot hold a table up.
struct GrantPlan {
    let prefix: RolePrefix
    let objects: [GrantObject]

    /// The statements that give a handler's role what its manifest lists and take everything else.
    ///
    /// Throws `VALIDATION_ERROR` with every fault: an unknown object, a verb that the object does not know, an object that no handler may have.
    func statements(for manifest: Manifest) throws(AppError) -> [String] {
        let role = prefix.handler(manifest.name)
        var faults: [AppError.Issue] = []
        var schemas: Set<String> = ["jobs", "runtime", "tenancy"]
        var grants: [String] = []
        for grant in manifest.grants {
            let known = objects.filter { $0.name == grant.object }
            if known.isEmpty { faults.append(.init(field: grant.object, issue: "expected a table, view or function that exists")) }
            if let refusal = refusal(manifest.name, grant) { faults.append(.init(field: grant.object, issue: refusal)) }
            schemas.insert(String(grant.object.prefix { $0 != "." }))
            for verb in grant.verbs {
                let fitting = known.filter { ($0.kind == .function) == (verb == .execute) }
                if fitting.isEmpty && !known.isEmpty { faults.append(.init(field: grant.object, issue: "\(verb.rawValue) does not fit this object")) }
                grants += fitting.map { "grant \(privilege(verb, $0)) to \(role)" }
            }
        }
        guard faults.isEmpty else {
            let text = faults.map { "\($0.field): \($0.issue)" }.joined(separator: "; ")
            throw AppError(.validation, "handler \(manifest.name): grants: \(text)", issues: faults)
        }
        return ["drop owned by \(role)", "grant usage on schema \(schemas.sorted().joined(separator: ", ")) to \(role)"]
            + Self.everyHandler.map { "grant \($0) to \(role)" } + grants
    }

    /// What HandlerKit itself needs in the name of each handler: the context, the answers that the handler stored under idempotency keys, and the count
    /// of what its tenants use; its jobs.
    static let everyHandler = [
        "tenancy.use(text)", "tenancy.tenant_id()", "tenancy.user_id()", "tenancy.consume(text, bigint)", "runtime.claim_key(text, text, bytea)",
        "runtime.keep_answer(text, text, int, jsonb, bytea)",
        "jobs.enqueue(uuid, text, jsonb, float8, int, int, text)", "jobs.cancel(text, text, boolean)", "jobs.data()", "jobs.advance(float8, jsonb)",
        "jobs.fence()", "jobs.complete()",
        // The policy of the audit log asks it.
        "tenancy.is_import()",
    ].map { "execute on function \($0)" }

    /// The product's own handlers of sign-in, of people, of their rights, of what happened to them, and of tenants. No package may take one of these
    /// names.
    static let identityHandlers: Set = [
        "administration", "archive", "audit", "auth", "federation", "jobs", "mail", "notifications", "retention", "subscriptions", "users",
    ]
    /// Handlers that ask the control plane for work of their tenants; of persons they may ask nothing.
    static let workHandlers: Set = ["alerts", "forecasts", "sources", "uploads"]

    private func privilege(_ verb: Manifest.Verb, _ object: GrantObject) -> String {
        switch verb {
        case .select: "select (\(object.columns.joined(separator: ", "))) on \(object.signature)"
        case .update: "update (\(object.changeable.joined(separator: ", "))) on \(object.signature)"
        case .insert, .delete: "\(verb.rawValue) on \(object.signature)"
        case .execute: "execute on function \(object.signature)"
        }
    }

    private func refusal(_ handler: String, _ grant: Manifest.Grant) -> String? {
        switch grant.object.prefix(while: { $0 != "." }) {
        case "tenancy" where !Self.identityHandlers.union(Self.workHandlers).contains(handler) || grant.verbs != [.execute]:
            "the control plane is not granted to handlers, but for functions to the product's own"
        case "runtime": "expected an object of the product's schemas; every handler may do there what it must"
        case "identity" where !Self.identityHandlers.contains(handler) || grant.verbs != [.execute]:
            "only \(Self.identityHandlers.sorted().joined(separator: ", ")) may execute identity functions"
        case "reference" where grant.verbs != [.select]: "reference data may only be selected"
        case "pg_catalog", "information_schema", "public": "expected an object of the product's schemas"
        default: nil
        }
    }
}
