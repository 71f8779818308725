import ArchiveFormat
import Kernel
import Testing

@testable import Archives

/// Which tables are archived, in which order, and where they go.
@Suite("Plans of archives") struct ArchivePlanTests {
    private func table(
        _ name: String, parents: [String] = [], comment: String = "", columns: [TenantTable.Column]? = nil, lent: Bool = true
    ) -> TenantTable {
        TenantTable(
            name: name, signature: name, comment: comment, columns: columns ?? [column("id", "uuid", required: true)], key: ["id"], parents: parents,
            lent: lent)
    }

    private func column(_ name: String, _ type: String = "text", required: Bool = false, comment: String = "") -> TenantTable.Column {
        TenantTable.Column(name: name, quoted: "\"\(name)\"", type: type, required: required, comment: comment)
    }

    private func manifest(_ tables: [ArchivedTable], core: Int = 25) -> ArchiveManifest {
        ArchiveManifest(
            madeAt: Timestamp(seconds: 0), tenant: SampleArchive.tenant, migrations: [.init(series: "core", version: core)], tables: tables,
            leftOut: [])
    }

    private func faults(_ tables: [ArchivedTable], into here: [TenantTable], core: Int = 25) -> [String] {
        do throws(AppError) {
            _ = try ImportTable.match(manifest(tables, core: core), with: here, at: [.init(series: "core", version: 25)])
            return []
        } catch { return error.issues.map { "\($0.field): \($0.issue)" } }
    }

    @Test("parents come before their children, whatever their names, and a circle ends") func order() {
        let tables = [
            table("app.a", parents: ["app.z", "tenancy.tenants"]), table("app.m", parents: ["app.a"]), table("app.z"),
            table("x.loop", parents: ["x.pool"]), table("x.pool", parents: ["x.loop"]), table("x.self", parents: ["x.self"]),
        ]
        let names = ArchivePlan.ordered(tables).map(\.name)
        #expect(names.firstIndex(of: "app.z")! < names.firstIndex(of: "app.a")!)
        #expect(names.firstIndex(of: "app.a")! < names.firstIndex(of: "app.m")!)
        #expect(Set(names) == Set(tables.map(\.name)) && names.count == tables.count)
    }

    @Test("roles and members come first; what a comment leaves out is named with its reason, and so is what refers to it") func leftOut() throws {
        let tables = [
            table(
                "app.rows",
                columns: [column("id", "uuid", required: true), column("secret", "bytea", comment: "archive: left out; it is sealed here")]),
            table("app.seals", comment: "archive: left out; the chain ends here"), table("app.places", parents: ["app.seals"]),
            table("app.log", comment: "archive: left out of clones; a clone did not do it"),
        ]
        let plan = try ArchivePlan(tables)
        #expect(plan.sections.map(\.table.name) == ["roles", "members", "app.log", "app.rows"])
        #expect(plan.sections[3].table.columns.map(\.name) == ["id"])
        let reasons = Dictionary(uniqueKeysWithValues: plan.leftOut.map { ($0.object, $0.reason) })
        #expect(reasons["objects"] != nil)
        #expect(reasons["app.seals"] == "the chain ends here" && reasons["app.places"] == "it refers to app.seals")
        #expect(reasons["app.rows.secret"] == "it is sealed here" && reasons["api_keys"] != nil)
        #expect(try ArchivePlan(tables, forClone: true).sections.map(\.table.name) == ["roles", "members", "app.rows"])
        #expect(plan.sections[3].query == #"select to_json(array["id"::text]::text[])::text from app.rows where tenant_id = $1 order by id"#)
    }

    @Test("a column that every row must have cannot be left out, and a table that is not lent stops the archive") func impossible() {
        #expect(throws: AppError.self) { try ArchivePlan([table("app.a", columns: [column("x", required: true, comment: "archive: left out; y")])]) }
        #expect(throws: AppError.self) { try ArchivePlan([table("app.a", lent: false)]) }
    }

    @Test("archives that do not fit are refused with every reason") func hostile() {
        let here = [
            table(
                "app.rows",
                columns: [
                    column("id", "uuid", required: true), column("value", "double precision"),
                    column("key", "bytea", comment: "archive: left out; x"),
                ]),
            table("app.seals", comment: "archive: left out; x"), table("app.strange", lent: false),
        ]
        func rows(_ columns: (String, String)...) -> ArchivedTable {
            ArchivedTable(name: "app.rows", columns: columns.map { .init(name: $0.0, type: $0.1) })
        }
        #expect(faults([rows(("id", "uuid"), ("value", "double precision"))], into: here) == [])
        #expect(faults([rows(("id", "uuid"))], into: here) == [], "an older archive without a column that may be absent")
        #expect(faults([rows(("value", "double precision"))], into: here) == ["app.rows: the column id is missing"])
        #expect(faults([rows(("id", "uuid"), ("tenant_id", "uuid"))], into: here) == ["app.rows: there is no column tenant_id"])
        #expect(faults([rows(("id", "text"))], into: here) == ["app.rows: expected the column id as uuid, found text"])
        #expect(faults([rows(("id", "uuid"), ("key", "bytea"))], into: here) == ["app.rows: the column key is not filled from archives"])
        #expect(faults([.init(name: "app.seals", columns: [])], into: here) == ["app.seals: this table is not filled from archives"])
        #expect(faults([.init(name: "app.strange", columns: [.init(name: "id", type: "uuid")])], into: here).first?.contains("not lent") == true)
        #expect(faults([.init(name: "tenancy.keys", columns: [])], into: here).first?.contains("no such table") == true)
        #expect(faults([.init(name: "identity.users", columns: [])], into: here).first?.contains("no such table") == true)
        #expect(faults([.init(name: "app.rows; drop table app.rows", columns: [])], into: here).first?.contains("no such table") == true)
        #expect(
            faults([.init(name: "members", columns: [.init(name: "user_id", type: "uuid")])], into: here).first?.hasPrefix("members: expected")
                == true)
        #expect(faults([ControlTable.members.table, ControlTable.roles.table], into: here).count == 1, "in another order")
        #expect(faults([rows(("x", "text")), .init(name: "x.y", columns: [])], into: here).count == 3, "all at once")
        #expect(faults([], into: here, core: 26).first?.contains("upgrade this installation first") == true)
    }

    @Test("SQL is made of the catalogue's own words, never of the archive's") func words() throws {
        let here = [table("app.rows", columns: [column("id", "uuid", required: true), column("text", "character varying")])]
        let tables = try ImportTable.match(
            manifest([.init(name: "app.rows", columns: [.init(name: "text", type: "character varying"), .init(name: "id", type: "uuid")])]),
            with: here, at: [])
        #expect(tables[0].ids == [.none, .one], "in the archive's order")
        guard case .table(let sql) = tables[0].place else { return #expect(Bool(false), "\(tables[0].place)") }
        #expect(
            sql == """
                insert into app.rows (tenant_id, "text", "id") select $1, v.c0::character varying, v.c1::uuid \
                from unnest($2::text[], $3::text[]) as v (c0, c1)
                """)
    }

    @Test("a target's faults are named by field") func target() {
        func fields(_ slug: String?, _ name: String?, _ plan: String?) -> [String] {
            ImportTarget(id: TenantID(.zero), slug: slug, name: name, plan: plan).issues.map(\.field)
        }
        #expect(fields(nil, nil, nil) == [] && fields("a-1", "A", "pro") == [])
        #expect(fields("A", "", "Pro") == ["slug", "name", "plan"])
        #expect(fields("-a", String(repeating: "x", count: 201), "pro-2") == ["slug", "name", "plan"])
    }
}
