import ArchiveFormat
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Archives that somebody made up: refused with a reason, and nothing of them stays.
    @Suite("Hostile archives", .testDatabase) struct HostileArchives {
        private struct Case: Sendable, CustomTestStringConvertible {
            let name: String
            let expected: String
            var status: Int32 = 65
            let forge: @Sendable (inout ForgedArchive) -> Void
            var testDescription: String { name }
        }

        private static let source = ["id uuid", "business_id uuid", "name text", "type text"]
        private static let member = [
            "user_id uuid", "email text", "name text", "role text", "disabled boolean", "created_at timestamp with time zone",
        ]
        private static let role = [
            "name text", "description text", "scopes text[]", "created_at timestamp with time zone", "updated_at timestamp with time zone",
        ]

        private static let cases: [Case] = [
            Case(name: "a newer schema", expected: "upgrade this installation first") { $0.core = 9999 },
            Case(name: "an unknown table", expected: "there is no such table here") { $0.tables = [("notes.entries", ["id uuid"], [])] },
            Case(name: "a table of the control plane", expected: "there is no such table here") {
                $0.tables = [("tenancy.api_keys", ["id uuid"], [[ForgedArchive.business]])]
            },
            Case(name: "accounts", expected: "there is no such table here") { $0.tables = [("identity.credentials", ["user_id uuid"], [])] },
            Case(name: "seals of a log", expected: "is not filled from archives") { $0.tables = [("app.audit_seals", ["number bigint"], [["1"]])] },
            Case(name: "another tenant's id as a column", expected: "there is no column tenant_id") {
                $0.tables = [("app.businesses", ["tenant_id uuid", "id uuid", "name text"], [])]
            },
            Case(name: "a column of another type", expected: "expected the column id as uuid") {
                $0.tables = [("app.businesses", ["id text", "name text"], [])]
            },
            Case(name: "a column that must be there", expected: "the column name is missing") { $0.tables = [("app.businesses", ["id uuid"], [])] },
            Case(name: "no uuid", expected: "a value is not of its column's type") { $0.tables = [ForgedArchive.businesses([["1 or 1=1", "x"]])] },
            Case(name: "a null that must not be", expected: "a value is missing") {
                $0.tables = [ForgedArchive.businesses([[ForgedArchive.business, nil]])]
            },
            Case(name: "two rows of one key", expected: "two rows have the same key") {
                $0.tables = [ForgedArchive.businesses([[ForgedArchive.business, "a"], [ForgedArchive.business, "b"]])]
            },
            Case(name: "a text above its limit", expected: "a row breaks a rule") {
                $0.tables = [ForgedArchive.businesses([[ForgedArchive.business, String(repeating: "x", count: 201)]])]
            },
            // The neighbour has a business of this very id.
            Case(name: "a row under another tenant's", expected: "a row refers to one that is not there") {
                $0.tables = [("app.kpi_sources", source, [[ForgedArchive.business, ForgedArchive.business, "s", "upload"]])]
            },
            Case(name: "a word that is none of a list", expected: "a row breaks a rule") {
                $0.tables = [
                    ForgedArchive.businesses([[ForgedArchive.business, "a"]]),
                    ("app.kpi_sources", source, [[ForgedArchive.business, ForgedArchive.business, "s", "evil"]]),
                ]
            },
            Case(name: "a role that nobody made", expected: "a row refers to one that is not there") {
                $0.tables = [("members", member, [[ForgedArchive.business, "a@example.test", "A", "ghost", "false", ForgedArchive.time]])]
            },
            Case(name: "no address", expected: "a row breaks a rule") {
                $0.tables = [("members", member, [[ForgedArchive.business, "nobody", "A", "owner", "false", ForgedArchive.time]])]
            },
            Case(name: "a member twice", expected: "two rows have the same key") {
                let row: [String?] = [ForgedArchive.business, "a@example.test", "A", "owner", "false", ForgedArchive.time]
                $0.tables = [("members", member, [row, row])]
            },
            Case(name: "a role named owner", expected: "a row breaks a rule") {
                $0.tables = [("roles", role, [["owner", "", "{x:*}", ForgedArchive.time, ForgedArchive.time]])]
            },
            Case(name: "members of another form", expected: "expected the columns user_id") {
                $0.tables = [("members", ["email text"], [["a@example.test"]])]
            },
            Case(name: "members behind tables", expected: "in front of all tables") {
                $0.tables = [ForgedArchive.businesses([]), ("roles", role, []), ("members", member, [])]
            },
            Case(name: "no short name", expected: "a row breaks a rule") { $0.slug = "../etc" },
            Case(name: "a plan that is not there", expected: "there is no plan platinum") { $0.plan = "platinum" },
            Case(name: "a taken short name", expected: "exists already", status: 73) { $0.slug = "tenant-1" },
        ]

        @Test("each is refused with its reason, and nothing of it stays", arguments: cases) private func refused(_ hostile: Case) async throws {
            let world = try await ArchiveWorld.current()
            let (neighbour, _) = try await world.seed()
            var archive = ForgedArchive()
            hostile.forge(&archive)
            let path = world.path("hostile.jsonl")
            try File.write(try archive.bytes(), to: path)
            let (status, printed) = try await world.tenantry("tenant", "import", path)
            #expect(status == hostile.status && printed.contains(hostile.expected), "\(status): \(printed)")
            #expect(try await world.holdsOnly([neighbour], users: 3))
        }

        @Test("a damaged or cut archive is refused at its end, and nothing of it stays") func damaged() async throws {
            let world = try await ArchiveWorld.current()
            let (tenant, _) = try await world.seed()
            let path = world.path("whole.jsonl")
            #expect(try await world.tenantry("tenant", "export", "tenant-1", "--output", path).status == 0)
            let whole = try File.read(path, limit: 1 << 26)
            let text = String(decoding: whole, as: UTF8.self)
            let damaged = [
                Array(whole.dropLast(1)), Array(whole.dropLast(100)), Array(whole.prefix(whole.count / 2)), [], Array("{}\n".utf8),
                Array(text.replacing("entry 3", with: "entry 8").utf8), Array(text.replacing("\"rows\":[", with: "\"rows\":[1").utf8),
            ]
            for bytes in damaged {
                try File.write(bytes, to: path)
                let (status, printed) = try await world.tenantry("tenant", "import", path, "--slug", "copy")
                #expect(status == 65 && printed.contains("line "), "\(bytes.count) bytes: \(status) \(printed)")
                #expect(try await world.holdsOnly([tenant], users: 3))
            }
        }

        @Test("an archive's texts are values, whatever they say; a history of its own names no other tenant's") func texts() async throws {
            let world = try await ArchiveWorld.current()
            let (neighbour, _) = try await world.seed()
            var archive = ForgedArchive()
            let texts = [
                "'); drop table app.businesses; --", "$1", "\u{0}x".replacing("\u{0}", with: "\\0"), "{{7*7}}", "\u{202e}\u{1b}[31m", "NULL", "\\N",
                "{}",
            ]
            archive.tables = [
                ForgedArchive.businesses(
                    texts.enumerated().map { ["00000000-0000-7000-8000-00000000000\($0.offset)", $0.element] })
            ]
            let path = world.path("texts.jsonl")
            try File.write(try archive.bytes(), to: path)
            let imported = try await world.tenantry("tenant", "import", path)
            #expect(imported.status == 0, "\(imported.printed)")
            let names = try await world.query("select name from app.businesses where tenant_id <> $1 order by id", [.id(neighbour)])
            #expect(try names.map { try $0.text(0) } == texts)
            #expect(try await world.query("select count(*) from app.businesses where tenant_id = $1", [.id(neighbour)])[0].int64(0) == 3)
        }
    }
}
