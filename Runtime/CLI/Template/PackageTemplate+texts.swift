extension PackageTemplate {
    var handler: String {
        """
        import HandlerKit

        struct Entry: Codable, Sendable { let text: String }

        @main struct \(type): Handler {
            static let add = Statement(
                "\(name).add", "insert into \(name).entries (tenant_id, id, text) values ($1, $2, $3)", access: .write)
            static let list = Statement("\(name).list", "select text from \(name).entries where tenant_id = $1 order by id desc limit 100")
            static let statements = [add, list]

            init(environment: HandlerEnvironment) {}

            var routes: [Route] {
                Route.post("/\(path)", access: .bearer("\(name):write"), status: 201) { (entry: Entry, invocation: Invocation) in
                    _ = try await invocation.database.rows(Self.add, .uuid(invocation.makeID()), .text(entry.text))
                    return entry
                }
                Route.get("/\(path)", access: .bearer("\(name):read")) { (_: NoInput, invocation: Invocation) in
                    try await invocation.database.rows(Self.list).map { row in Entry(text: try row.text(0)) }
                }
            }
        }

        """
    }

    var tests: String {
        """
        import HandlerKit
        import Testing

        @testable import \(program.split(separator: "-").joined(separator: "_"))

        @Suite struct \(type)Tests {
            @Test("every statement names the tenant, beside the policy", arguments: \(type).statements) func tenant(statement: Statement) {
                #expect(statement.text.contains("tenant_id") && statement.text.contains("$1"))
            }

            @Test("an entry is read as it was written") func entry() throws {
                let entry = try JSON.decode(Entry.self, from: try JSON.read(try JSON.encode(Entry(text: "one"))))
                #expect(entry.text == "one")
            }
        }

        """
    }

    var manifest: String {
        """
        # What Tenantry must know before it runs any of the code.
        name: \(name)
        program: ./.build/release/\(program)
        concurrency: 32
        instances: {min: 0, max: 1}
        timeout: 10s
        memory: 128MB
        connections: 2
        grants:
          \(name).entries: [select, insert]

        """
    }

    var up: String {
        """
        -- The schema \(name) is made when the package is installed; what is in it belongs to a role that nobody signs in with.
        create table \(name).entries (
            tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
            id uuid not null,
            text text not null check (length(text) between 1 and 1000),
            created_at timestamptz not null default now(),
            primary key (tenant_id, id)
        );

        select tenancy.protect('\(name).entries');

        """
    }

    var readme: String {
        """
        # \(type), a handler for Tenantry

        ```sh
        swift build -c release --static-swift-stdlib
        tenantry handler check .
        tenantry handler install .
        ```

        The next version: change it, build it, `tenantry handler upgrade .`; back to the one before: `tenantry handler rollback \(name)`.

        - `Sources/`: the routes. Bad input is refused before a closure runs; `$1` of every statement is the tenant.
        - `Schema/`: numbered steps; each table has `tenant_id` first in its keys and is closed by `tenancy.protect`. An applied step never changes: add the next.
        - `handler.yaml`: what the program may touch. An unknown key is an error.

        """
    }

    /// Paths are words with `-`.
    private var path: String { name.split(separator: "_").joined(separator: "-") }
}
