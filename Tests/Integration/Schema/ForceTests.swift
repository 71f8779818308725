import Kernel
import Postgres
import Tenants
import TestSupport
import Testing

extension Integration {
    @Suite(.testDatabase) struct ForceTests {
        private func migrate(_ up: String) async throws {
            let database = try TestDatabase.current
            let series = try MigrationSeries("extra", files: ["0001_step.up.sql": up, "0001_step.down.sql": "select 1"])
            let migrator = Migrator(client: database.superuserClient(), prefix: database.prefix, series: [series])
            _ = try await migrator.up(deadline: .after(.seconds(60)))
        }

        private func forced() async throws -> Bool {
            try await TestDatabase.current.query("select relforcerowsecurity from pg_class where oid = 'app.businesses'::regclass")[0].bool(0)
        }

        private func fill() async throws {
            let tenant = try await TestDatabase.current.tenant(1)
            try await TestDatabase.current.execute("insert into app.businesses (tenant_id, id, name) values ('\(tenant)', '\(tenant)', 'one')")
        }

        @Test("pitfall 56: a migration that touches rows under FORCE fails aloud instead of changing none")
        func underForce() async throws {
            try await fill()
            await #expect(throws: AppError.self) { try await migrate("update app.businesses set name = 'two'") }
            #expect(try await TestDatabase.current.query("select name from app.businesses")[0].text(0) == "one")
            #expect(try await forced())
        }

        @Test("pitfall 56: with FORCE lifted it counts its rows, and FORCE is back afterwards")
        func lifted() async throws {
            try await fill()
            try await migrate(
                """
                -- lift force: app.businesses, app.nothing
                do $$
                declare n int;
                begin
                    update app.businesses set name = 'two';
                    get diagnostics n = row_count;
                    if n <> 1 then raise exception 'expected 1 row, changed %', n; end if;
                end
                $$;
                """)
            #expect(try await TestDatabase.current.query("select name from app.businesses")[0].text(0) == "two")
            #expect(try await forced())
        }

        @Test("a foreign key between filled tenant tables is added and validated with FORCE lifted")
        func foreignKey() async throws {
            try await fill()
            try await migrate(
                """
                -- lift force: app.businesses
                create table app.branches (tenant_id uuid not null, id uuid not null, business_id uuid not null, primary key (tenant_id, id));
                insert into app.branches select tenant_id, id, id from app.businesses;
                alter table app.branches add foreign key (tenant_id, business_id) references app.businesses (tenant_id, id) on delete cascade;
                select tenancy.protect('app.branches');
                """)
            #expect(try await TestDatabase.current.query("select count(*) from app.branches")[0].int64(0) == 1)
            #expect(try await forced())
        }

        @Test("where the step fails, FORCE was never gone")
        func failed() async throws {
            await #expect(throws: AppError.self) { try await migrate("-- lift force: app.businesses\nselect 1 / 0") }
            #expect(try await forced())
        }
    }
}
