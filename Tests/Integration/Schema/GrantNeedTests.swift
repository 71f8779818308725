import Kernel
import Manifest
import Postgres
import Tenants
import TestSupport
import Testing

extension Integration {
    /// That each manifest lists what its handler needs, all of it and nothing else.
    @Suite(.testDatabase) struct GrantNeedTests {
        private static var limit: Deadline { .after(.seconds(280)) }

        @Test("each grant of each manifest is needed by some statement, and each statement has what it needs")
        func needed() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1)
            let catalogue = try CatalogueStatement.all(database.manifests.map { ($0.name, $0.program) })
            try #require(catalogue.count > 20)
            let audit = try #require(catalogue.first { $0.name == "kit.audit" })
            let client = database.superuserClient()
            for manifest in database.manifests {
                var statements = catalogue.filter { $0.handler == manifest.name }
                // HandlerKit's own statement counts where the handler's sources call for it.
                if try Self.sources(manifest.folder).contains(".audit(") {
                    statements.append(CatalogueStatement(handler: manifest.name, name: audit.name, text: audit.text, wantsOwnPlan: false))
                }
                try await client.withConnection(deadline: Self.limit) { connection in
                    let context = try database.context(tenant: tenant, handler: manifest.name)
                    let trial = Trial(connection: connection, role: database.prefix.handler(manifest.name), context: context, tenant: tenant)
                    for statement in statements {
                        // Some of the test handler's are made to fail, but none for want of a right.
                        let outcome = try await trial.explain(statement)
                        let isSound = manifest.name == "probe" ? outcome != "42501" : outcome == nil
                        #expect(isSound, "\(manifest.name): \(statement.name) fails with \(outcome ?? "")")
                    }
                    for grant in manifest.grants {
                        for verb in grant.verbs {
                            var isNeeded = false
                            for statement in statements where !isNeeded && statement.text.contains(grant.object.split(separator: ".").last ?? "") {
                                isNeeded = try await trial.explain(statement, without: verb.rawValue, on: grant.object) == "42501"
                            }
                            #expect(isNeeded, "\(manifest.name) does not need \(verb.rawValue) on \(grant.object)")
                        }
                    }
                }
            }
        }

        @Test("each handler is refused every table and function that its manifest does not list")
        func others() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1)
            let tables = try await database.query(
                """
                select c.oid::regclass::text, (select quote_ident(a.attname) from pg_attribute a where a.attrelid = c.oid and a.attnum = 1) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind in ('r', 'p', 'v') and n.nspname in ('app', 'identity', 'tenancy', 'runtime', 'reference', 'jobs', 'feed', 'probe')
                """
            ).map { (name: try $0.text(0), column: try $0.text(1)) }
            let functions = try await database.query(
                """
                select n.nspname || '.' || p.proname, p.oid::regprocedure::text, format('select %s.%s(%s)', quote_ident(n.nspname), quote_ident(p.proname), (
                    select coalesce(string_agg(format('null::%s', t.oid::regtype), ', ' order by a.place), '')
                    from unnest(p.proargtypes) with ordinality as a (type, place) join pg_type t on t.oid = a.type))
                from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                where n.nspname in ('app', 'identity', 'tenancy', 'runtime', 'reference', 'jobs', 'feed', 'probe') and p.prokind = 'f'
                    and p.prorettype <> 'trigger'::regtype
                """
            ).map { (name: try $0.text(0), signature: try $0.text(1), call: try $0.text(2)) }
            #expect(tables.count > 20 && functions.count > 40)
            let everyHandler: Set = [
                "tenancy.use", "tenancy.tenant_id", "tenancy.user_id", "tenancy.consume", "tenancy.is_import", "runtime.claim_key",
                "runtime.keep_answer", "jobs.enqueue", "jobs.cancel", "jobs.data", "jobs.advance", "jobs.fence", "jobs.complete",
            ]
            let client = database.superuserClient()
            for manifest in database.manifests {
                try await client.withConnection(deadline: Self.limit) { connection in
                    let context = try database.context(tenant: tenant, handler: manifest.name)
                    let trial = Trial(connection: connection, role: database.prefix.handler(manifest.name), context: context, tenant: tenant)
                    for (table, column) in tables {
                        // One role reads and fills every table of tenants, without a manifest's word for each.
                        let isLent = manifest.name == "archive" && (table.hasPrefix("app.") || table.hasPrefix("probe."))
                        for verb in [Manifest.Verb.select, .insert, .update, .delete]
                        where !manifest.has(verb, table) && !(isLent && (verb == .select || verb == .insert)) {
                            let outcome = try await trial.run("explain " + Self.statement(verb, table, column))
                            #expect(outcome == "42501", "\(manifest.name) may \(verb.rawValue) \(table): \(outcome ?? "done")")
                        }
                    }
                    for (name, signature, call) in functions where !manifest.has(.execute, name) && !everyHandler.contains(name) {
                        let outcome = try await trial.run("explain " + call)
                        // A strict function of null is left out of the plan, and its right with it.
                        let mayCall = try await connection.query(
                            "select has_function_privilege($1, $2::regprocedure, 'execute')", [.text(trial.role), .text(signature)])[0].bool(0)
                        #expect(!mayCall && outcome == "42501" || !mayCall && outcome == nil, "\(manifest.name) may \(call): \(outcome ?? "done")")
                    }
                }
            }
        }

        private static func statement(_ verb: Manifest.Verb, _ table: String, _ column: String) -> String {
            switch verb {
            case .select, .execute: "select 1 from \(table)"
            case .insert: "insert into \(table) default values"
            case .update: "update \(table) set \(column) = \(column)"
            case .delete: "delete from \(table)"
            }
        }

        /// All Swift text below a folder.
        private static func sources(_ folder: String) throws -> String {
            try File.names(in: folder).filter { !$0.hasPrefix(".") }.map { name -> String in
                let path = "\(folder)/\(name)"
                if File.isFolder(path) { return try sources(path) }
                return name.hasSuffix(".swift") ? String(decoding: try File.read(path), as: UTF8.self) : ""
            }.joined()
        }

        /// Statements as a handler's role, each in a transaction that is taken back.
        private struct Trial {
            let connection: OwnConnection
            let role: String
            let context: String
            let tenant: TenantID

            /// The SQLSTATE of what it failed with; nil where it did not.
            func run(_ sql: String) async throws -> String? {
                try await connection.execute("begin; set local session authorization \(role); select tenancy.use('\(context)')")
                let outcome = await Outcome.of(sql, on: connection)
                try await connection.execute("rollback")
                if case .refused(let state) = outcome { return state }
                return nil
            }

            /// The same of a catalogue's statement, without a right where one is named. Nothing is run: rights are looked at before the first row.
            func explain(_ statement: CatalogueStatement, without verb: String? = nil, on object: String = "") async throws -> String? {
                try await connection.execute("begin")
                if let verb {
                    let kind = verb == "execute" ? "function " : ""
                    try await connection.execute("revoke \(verb) on \(kind)\(object) from \(role)")
                }
                try await connection.execute("set local session authorization \(role); select tenancy.use('\(context)')")
                var outcome = await Outcome.of("prepare p as \(statement.text)", on: connection)
                if case .rows = outcome {
                    let types = try await connection.query(
                        """
                        select t::text from pg_prepared_statements, unnest(parameter_types) with ordinality as u (t, n) where name = 'p' order by n
                        """
                    ).map { try $0.text(0) }
                    let arguments = types.isEmpty ? "" : "(\(PlanArguments.list(statement, types, for: tenant)))"
                    outcome = await Outcome.of("explain execute p \(arguments)", on: connection)
                }
                try await connection.execute("rollback; deallocate all")
                if case .refused(let state) = outcome { return state }
                return nil
            }
        }
    }
}

extension Manifest {
    fileprivate func has(_ verb: Verb, _ object: String) -> Bool { grants.contains { $0.object == object && $0.verbs.contains(verb) } }
}
